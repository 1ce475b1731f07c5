// How the names of functions and tracepoints begin that only the kernel itself has, never a module: found by
// scripts/kernel-prefixes.ts among all functions of 13 Debian kernels (5.10 to 7.2, amd64 and arm64) and of 12,477 modules
// of theirs, beginnings of four functions or more, or of one tracepoint. `blk_(account_ mq_)` stands for two of them.

const FUNCTION_PREFIXES = `
HYPERVISOR_ MP_ Qdisc_ ___pcpu_ __aa_ __aafs_ __activate_ __aes_ __alloc_(pages_) __anon_ __apply_ __arch_ __audit_
__blk_ __blkdev_ __block_ __bpf_(dynptr_ get_ lru_ map_ prog_ skb_ trace_block_ trace_bpf_ trace_br_ trace_cgroup_
trace_clk_ trace_cma_alloc_ trace_cxl_ trace_dax_ trace_devlink_ trace_dma_ trace_fsverity_ trace_handshake_
trace_hrtimer_ trace_hugetlbfs_ trace_hyperv_ trace_i2c_ trace_io_ trace_iomap_ trace_ipi_ trace_irq_ trace_ksm_
trace_kvm_arm_ trace_kvm_timer_ trace_mm_ trace_module_ trace_net_ trace_page_ trace_pelt_ trace_percpu_ trace_qdisc_
trace_regmap_ trace_rtc_ trace_sched_ trace_scm_ trace_scmi_ trace_smbus_ trace_spi_ trace_tcp_ trace_thermal_
trace_timer_ trace_tmigr_ trace_vector_ trace_wbt_ trace_workqueue_ trace_writeback_ trace_xdp_ trace_xen_ tramp_)
__btf_ __cancel_ __cgroup_ __clocksource_ __cma_ __cond_ __cookie_ __cpa_ __cpu_ __cpuhp_ __create_ __crypto_ __d_
__debug_ __delayacct_ __dev_(map_ pm_ set_) __device_ __devlink_ __devm_(clk_) __disable_ __dl_ __dma_(sync_)
__do_(compat_ once_ sys_) __down_ __dpll_ __dquot_ __dynamic_ __early_ __ethtool_ __file_ __filemap_ __find_(nth_)
__folio_ __fprop_ __frontswap_ __fscrypt_ __fsnotify_ __fsverity_ __ftrace_ __futex_ __fw_(devlink_) __generic_
__genradix_ __get_(user_) __gpu_ __hmac_ __hrtimer_ __htab_ __hugetlb_ __hw_ __hwspin_ __hyp_ __ia32_ __inode_
__intel_(pmu_) __io_ __iommu_ __iowrite64_ __ipv6_ __irq_ __kernel_ __kernfs_ __key_ __kfifo_(dma_ out_) __kfree_
__klp_ __kmalloc_ __kmem_ __kthread_ __list_(lru_) __mark_(reg_) __mcheck_ __mem_ __memcg_ __migrate_ __min_ __mmap_
__mmu_(notifier_) __mnt_ __mod_ __module_ __mptcp_ __msi_ __mutex_ __napi_ __native_ __neigh_ __netdev_ __netif_
__netpoll_ __next_(mem_) __nla_ __node_ __ns_ __nvmem_ __of_ __packet_ __page_ __pci_ __pcpu_ __percpu_ __perf_ __pi_
__pick_ __platform_ __pm_ __power_ __printk_ __pte_ __ptep_ __ptrace_ __put_(user_) __radix_ __raw_(spin_) __rb_
__rcu_ __refill_ __reg_ __register_(sysctl_) __request_ __reset_(control_) __round_ __rq_(qos_) __rseq_ __rt_ __rtnl_
__sbitmap_ __sched_ __scm_ __scx_ __set_(page_ task_) __sg_ __sgx_ __sk_ __skb_(ext_ get_) __slab_ __sock_(recv_)
__spi_ __split_ __stack_ __static_ __sw_ __swap_ __switchdev_ __sys_ __sysreg_ __sysvec_ __tcp_ __thermal_ __tlb_
__tty_ __ubsan_ __unix_ __uprobe_ __vfs_ __vmalloc_ __wake_(up_) __warn_ __ww_ __x2apic_ __x32_ __x64_ __xa_ __xdp_
__xenbus_ __xfrm_ __xsk_ __zswap_ _atomic_ _copy_(from_iter_) _devm_ _find_ _genpd_ _ipi_ _local_ _of_ _opp_ _parse_
_perf_ _raw_ _regmap_ _regulator_ _set_(memory_) aa_ aafs_ aarch32_ aarch64_ ac6_ access_(gic_) acct_ acomp_
acpi_(add_ arch_ bus_ data_ dev_ device_ disable_ dma_ ds_ early_ enable_ ev_ evaluate_ ex_ extract_ fwnode_ get_
gpio_ gpiochip_ graph_ handle_ hed_ hibernation_ hw_ idle_ init_ initialize_ install_ irq_ is_ lpat_ lpss_ map_ match_
memory_ mipi_ mpam_ nhlt_ node_ ns_ numa_ nvs_ os_ osi_ parking_ pci_ platform_ pm_ processor_ ps_ quirk_ register_
release_ remove_ rs_ s2idle_ scan_ sleep_ spi_ subsys_ suspend_ table_ tb_ thermal_zone_ unregister_ ut_ walk_)
acpiphp_ add_(timer_ wait_) addrconf_(add_ dad_ sysctl_) advisor_ adxl_ aes_(cbcmac_) aesgcm_ agp3_ agp_ agpioc_
ahash_ aio_ alarmtimer_ alg_(test_) alloc_(contig_ pages_) alpha_ alpine_ alternatives_ amba_ amd_(enc_ get_event_
gpio_ iommu_ pinconf_ pmu_lbr_ pmu_v2_ pstate_ smn_ uncore_) anon_ apei_ aperture_ apparmor_ apply_(microcode_) arch_
arena_(map_ vm_) arg_ arp_(req_) array_(map_ of_) asm_ assoc_ asus_(hides_) asymmetric_ async_(synchronize_) atkbd_
atomic_ attribute_ audit_(compare_ filter_ put_ remove_ tree_ watch_) auditd_ autogroup_ auxiliary_ avc_(has_ node_
xperms_) avtab_ backing_(aio_ file_) backlight_ bad_(inode_) badblocks_ balloon_(page_) bang_ barn_ bdi_ bh_(end_)
bind_(evtchn_) bio_(add_ alloc_ integrity_ iov_ split_) bioset_ bitfill_ bitmap_(print_) blackhole_ blake2s_
blk_(account_ add_ alloc_ free_ ia_ integrity_ log_ mq_ queue_ rq_ set_ stat_ throtl_ trace_ tracer_ zone_) blkcg_
blkdev_ blkg_ block_(write_) blocking_(notifier_) bloom_ bounce_(end_ map_ sync_ unmap_) bpf_(arch_ arena_ array_
async_ cgroup_ cgrp_ check_ clear_ compute_ copy_ core_ cpumask_ crypto_ dev_ dispatcher_ dummy_ dynptr_ event_ fd_
fentry_ find_ free_ fs_ get_ hash_ insn_ io_ is_ iter_ jit_ kprobe_ ksym_ ktime_ link_ list_ local_ lru_ lsm_ lwt_
map_ mark_ mem_ mprog_ msg_ netns_ nf_link_ obj_ offload_ opt_ percpu_ perf_ probe_ prog_ put_ qdisc_ raw_ rbtree_
remove_ res_ rhash_ ringbuf_ scx_ selem_ send_ seq_ set_ sk_ skb_change_ skb_load_ skc_ sock_ stack_ stream_ struct_
sysctl_ task_ tcp_ timer_ token_ trace_ tracing_ tramp_ trampoline_ uprobe_ verifier_ vlog_ wq_ xdp_link_
xdp_metadata_) bql_ branch_ brbe_ bsg_ bsp_ btf_ bts_ buffer_(migrate_) build_(id_) bvec_ byt_(gpio_ irq_) bzImage64_
c_ cache_(disable_ tag_) cacheinfo_ calc_(load_) calipso_ call_(fib6_ netdevice_ rcu_ usermodehelper_) callthunks_
can_(vma_) cap_(inode_ task_) cci_(pmu_) ccw_ cdat_ cdns_(pcie_ rs485_ uart_) ce_ cg_ cgroup1_ cgroup_(attach_ bpf_
file_ get_ init_ iter_ max_ migrate_ pidlist_ pressure_ procs_ rstat_ seqfile_ sk_ storage_ task_ update_) cgroupns_
cgrp_ cgwb_ check_(cnthctl_ mem_ preempt_ ptr_ reg_ stack_ tsc_) children_ chtdc_(ti_pmic_) chv_(config_ gpio_
pinctrl_) cipso_ class_(compat_) clcdfb_ clear_(user_) clockevents_ clocksource_ cma_(sysfs_) cmci_ cmd_(db_) cmdline_
cmis_ cmp_(nla_) cn_(queue_) cnum32_ cnum64_ coalesce_ collapse_ combiner_ common_(hrtimer_ timer_) compaction_
compat_(ksys_ setup_) compute_(effective_) con_ cond_(policydb_ synchronize_) console_ container_ contpte_ cookie_
copy_(compat_ mc_ page_ siginfo_) coreboot_ coredump_ correctable_ cpc_ cpci_ cper_ cppc_ cpu_(cfs_ cgroup_ clock_
device_ do_ emergency_ enable_ hotplug_ idle_ init_ latency_ map_ parse_ pm_ psci_ rmap_ set_ show_ smt_ stop_ uclamp_
util_ weight_) cpuacct_ cpudl_ cpufreq_(cpu_ dbs_ driver_ frequency_ generic_ get_ policy_ register_) cpuhp_ cpuidle_
cpuinfo_ cpumask_(any_) cpupri_ cpus_ cpuset_ cpuusage_ cr4_ crash_ crb_ crc32_(le_) create_(hyp_) crng_
cros_(ec_get_) crypto_(acomp_ aead_ aes_ akcipher_ alloc_ cbc_ clone_ destroy_ exit_ grab_ hash_ hmac_ init_ kdf108_
kpp_ larval_ lskcipher_ md5_ register_ rng_ scomp_ sha1_ sha224_ sha256_ sha384_ shash_ sig_ skcipher_ unregister_)
cryptomgr_ crystal_(cove_i2c_) crystalcove_ csrow_ css_ csum_(and_) ct_(irq_) ctrl_(dumppolicy_) cubictcp_
current_(check_ is_) cw_ cxl_(bus_ decoder_ dpa_ dport_ endpoint_ fw_ handle_ mem_get_ memdev_ port_ region_)
d_(alloc_) damon_ damos_ dax_(bus_ iomap_ unlock_) dcache_ dcb_(ieee_) dcbnl_ dd_ ddebug_ deadline_ debugfs_(create_
get_) decay_ default_(send_) deferred_(init_ probe_ split_) delayacct_ delayed_(free_) delete_(from_) dentry_
dequeue_(task_) desc_ dev_(addr_ change_ get_ is_ map_ mc_ pm_domain_ pm_genpd_ pm_opp_ pm_qos_ seq_ uc_ xdp_) devcd_
devcgroup_ devfreq_(cooling_ monitor_) device_(add_ create_ link_ links_ match_ pm_ property_ set_ show_ wakeup_)
devices_ devinet_ devinfo_ devkmsg_ devl_ devlink_ devm_(arch_ backlight_ clk_ cxl_ devfreq_ device_ free_ gpiod_
hwmon_ hwrng_ hwspin_ i2c_ input_ ioport_ ioremap_ irq_ memremap_ mipi_ nvmem_ of_platform_ pci_ pinctrl_ platform_
pm_ power_ pwmchip_ pwrseq_ register_ regmap_field_ regulator_ request_ reset_ rtc_ spi_ thermal_ unregister_) devpts_
devres_ devtmpfs_ dh_ die_(cpus_) dim_ dimmdev_ dio_(bio_) disable_(acpi_ trace_) disk_(events_ free_ get_ zone_)
dissolve_ divider_ dl_(bw_ server_) dma_(alloc_ async_ buf_ common_ contiguous_ direct_ dummy_ fence_array_
fence_chain_ heap_ iova_ mmap_ pool_ pte_ release_ resv_ sync_ unmap_) dmabuf_(iter_) dmam_ dmar_ dmi_(disable_ entry_
memdev_ save_ sysfs_) dnotify_ do_(compat_ el0_ el1_ epoll_ huge_ mq_ page_ proc_dointvec_ proc_int_ sys_
trace_event_raw_event_devlink_) domain_(context_ update_) dpc_ dpll_(device_ netdev_ nl_ pin_) dpm_ dquot_
drain_(local_) driver_(deferred_) dst_(blackhole_ cache_) dt_ dummycon_ dump_(stack_) dw8250_ dw_(i2c_plat_ pcie_
reg_) dyn_(event_) dynevent_ e820_(_) eafnosupport_ early_(init_ ioremap_ kvm_ memremap_ serial_ set_) ebitmap_ ecdsa_
edac_ effective_ efi_(call_ earlycon_ get_ mem_ memmap_ mokvar_ runtime_ set_ thunk_) efifb_ el0_ el0t_ el1_ el1h_
el1t_ elevator_ elf_ elfcorehdr_ elv_ em_(debug_ dev_) emergency_ encrypted_ end_(buffer_) energy_ enqueue_(task_)
eprobe_ errseq_ erst_ eth_(header_) ethnl_ ethtool_(aggregate_ check_ cmis_ get_ mmsv_ rxfh_ rxnfc_ set_)
event_(enable_ filter_ hist_ trace_ trigger_) eventfd_ eventfs_ evm_ evtchn_(2l_ fifo_) ex_(handler_) exc_ execmem_
exit_(to_) exportfs_ extfrag_ fail_(charge_) failed_ fair_ fanotify_ fasync_ fault_ faux_ fb_(deferred_ find_ get_
seq_ set_) fbcon_(fb_ rotate_ set_) fch_ fcntl_ fd_(array_) fdt_ feat_ fentry_ fexit_ fget_ fgraph_ fib4_ fib6_
fib_(check_ info_ net_ nh_ nl_ notifier_ route_ rules_ sync_ table_ trie_) filemap_(get_ invalidate_) filename_
filesystems_ filter_(ats_ domain_ page_ pasid_ requester_) finalize_ find_(acpi_) firmware_(map_ request_) fl6_ flat_
flow_(block_ dissector_ indr_ rule_) flush_(tlb_) folio_(add_ alloc_ end_ mark_ memcg_ migrate_ wait_) follow_ font_
for_(each_thermal_) force_(sig_) fpid_ fpregs_ fprobe_ fprop_ fpsimd_ fpstate_ fpu_ fq_(codel_) fqdir_ framebuffer_
freader_ fred_ free_(area_ pt_ swap_ unref_ vmap_) freezer_ freq_(qos_) frontswap_ fs_(bdev_ bio_ param_) fscrypt_
fserror_ fsl8250_ fsnotify_ fsverity_ ftrace_ full_(proxy_) function_(trace_) futex_ fw_(devlink_ upload_)
fwnode_(get_next_ graph_ property_) gart_ gcc_ gcs_ gdsc_ ged_ gen_(pool_) generic_(file_ get_ handle_) geni_ genl_
genpd_ get_(fifosize_ gic_ handler_ ins_ kernel_ mem_ net_ nr_ old_ swap_ task_ user_) getname_ ghes_ gnet_ gnttab_
gov_ gpio_(chip_ device_ mmio_ poweroff_ restart_ set_ shared_ v2_) gpiochip_(add_ get_ irq_ irqchip_ line_) gpiod_
gpiolib_ gpu_(buddy_) graph_ gro_ groups_ gti_ guard_(install_) gup_ haltpoll_ handle_(fasteoi_ percpu_)
handshake_(req_) hardlockup_ hashtab_ hctx_ hdmi_(audio_ avi_ drm_ infoframe_ spd_ vendor_) hex_ hi3516cv300_ hi3519_
hi3559av100_ hi3660_ hi3670_ hi3798cv200_ hi6220_ hib_ hibernate_ hippi_ hist_ histb_ hmac_(md5_ sha1_ sha224_ sha256_
sha384_ sha512_) hmat_ hmm_ hook_ housekeeping_ hpage_ hpc_ hpet_ hrtick_ hrtimer_ hrtimers_ hsiphash_ hsu_ htab_
huge_ hugetlb_ hugetlbfs_ hung_ hvc_ hw_(breakpoint_ protection_) hwlat_ hwmon_(device_) hwrng_ hwspin_ hybrid_ hyp_
i2c_(acpi_ check_ device_ get_ smbus_) i8042_ i8259A_ ia32_ ibs_ ibt_ icc_ ida_ idle_(states_) idr_ idregs_ idt_ if6_
igmp6_ igmp_ igmpv3_ ima_ in6_ inat_ inet6_ inet_(addr_ bhash2_ bind2_ bind_ csk_ dump_ frag_ netconf_ rtm_ twsk_)
init_(dl_ fs_ sched_ srcu_ trace_ vdso_) inode_(init_) inotify_ input_(action_ dev_ get_ handle_ leds_ mt_ proc_ set_)
insn_(array_ get_) install_ intcapxt_ intel_(bxtwc_ cap_ cht_ cpufreq_ crc_ epb_ fake_ gmch_gtt_ gpio_irq_ gtt_ hfi_
idle_ iommu_ irq_remapping_ nested_ pasid_ pebs_ pinctrl_ pmic_ pmu_arch_ pmu_check_ pmu_cpu_ pmu_disable_ pmu_drain_
pmu_enable_ pmu_lbr_ pmu_pebs_ pstate_ pt_ scu_ soc_pmic_ svm_ tcc_ xpower_) interval_(tree_) invalidate_(inode_)
io_(alloc_ apic_ async_ buffer_ cancel_ cqring_ epoll_ eventfd_ file_ free_ futex_ futexv_ import_ link_ msg_ napi_
poll_ pp_ prep_ put_ recvmsg_ register_ req_ ring_ rsrc_ run_ rw_ send_ sendmsg_ sq_ sqe_ submit_ timeout_ unregister_
uring_ waitid_ worker_ wq_ wqe_ zcrx_) ioam6_ ioasid_ ioc_(pd_ rqos_) iocg_ iomap_ iomem_ iommu_(alloc_ attach_
detach_ dev_ device_ disable_ dma_map_ dma_sync_ dma_unmap_ domain_ enable_ flush_ get_ group_ map_ pages_ pmu_ put_
set_ sva_ v1_) iopf_ ioremap_ iort_ iosf_ iov_ ip6_(datagram_ dst_ flowlabel_ mc_ mr_ pkt_ pol_ route_ rt_ sk_)
ip6addrlbl_ ip6fl_ ip6frag_ ip6mr_ ip_(fib_ local_ mc_ mr_ options_ route_ rt_ sock_) ipcns_ ipe_ ipi_ ipmr_
ipv6_(addr_ chk_ dev_ mc_ route_ rpl_ sock_ sysctl_) irq_(affinity_ can_ chip_ cpu_ create_ domain_ find_ gc_ get_
matrix_ pm_ poll_ proc_ remapping_ seq_ set_ sim_ work_) irqentry_ irte_ is_(acpi_ cxl_ module_) isa_ iter_
iw_(handler_) j721e_ jiffies_ jump_ k_ kallsyms_ kaslr_ kauditd_ kcompactd_ kcpustat_ kdamond_ kernel_(read_) kernfs_
kexec_ keyctl_ keyring_ kfence_ kfifo_ kfree_(rcu_ skb_) kfunc_ khugepaged_ kimage_ kiocb_ kirin_ klist_ klp_
kmem_(cache_) kmmio_ kmsg_ knc_ kobj_(ns_) kobject_ kprobe_ kretprobe_ kset_ ksm_ kstat_ kstrdup_ kswapd_ ksys_
kthread_ kthreads_ ktime_(get_real_) kvfree_ l1_(1_ 2_) l2_(cache_) l3mdev_ landlock_ lapic_ laptop_ ldm_ ldsem_
led_(trigger_) ledtrig_(cpu_) legacy_(pic_) linear_(range_) lineevent_ linehandle_ lineinfo_ linereq_ linkwatch_
list_(lru_) llist_ load_(ucode_) lockdown_ lockref_ lockup_ log_(buf_) logic_ lookup_(one_) low_ lpuart32_ lpuart_
lru_(add_ gen_ note_) lruvec_ lskcipher_ lsm_ lwt_ lwtunnel_ lzo1x_ mac_(hid_) mach_ machine_ madvise_ map_(id_
kernel_ seq_) mark_(buffer_ reg_) mas_ mast_ max_(ptes_ ratio_) mbi_ mbigen_ mbm_ mbox_(seq_) mc146818_ mce_(cpu_ gen_
intel_) mcheck_ mctrl_ md5_ mem_(cgroup_) membarrier_ memblock_ memcg_ memfd_ memmap_ memory_(block_ bm_ failure_
group_) mempolicy_ mempool_ memremap_ memtype_ metadata_(dst_) mfill_ mhp_ microcode_ mid8250_ migrate_(device_ folio_
misplaced_ page_ vma_) migration_ min_(ratio_) mincore_ mini_(qdisc_) mip6_ mipi_(dsi_) misc_(cg_ seq_) mkdir_ mld_
mlock_ mls_ mm_(cid_ get_) mmb_ mmio_(trace_) mmu_(interval_) mn_ mnt_(get_ ns_) mntns_ modify_(ftrace_)
module_(enable_) mon_(event_) mounts_ mousedev_ mp_(dmabuf_ irqdomain_) mpam_ mpi_(ec_ point_ read_) mpihelp_ mpol_
mpparse_ mptcp_(active_ check_ event_ get_ nl_ pm_ sched_ set_ subflow_ token_ userspace_) mqueue_ mr_(mfc_) mremap_
ms_(hyperv_) mscode_ mse_ msg_(zerocopy_) msi_(device_ domain_) msr_(event_) mt6397_ mte_ mtree_ munlock_ mutex_
mux_(div_) n_(null_ tty_) napi_(gro_ skb_) nat_(keepalive_) native_ nbcon_ ndisc_ ndo_ neigh_(proc_ stat_) neightbl_
neon_ net_(devmem_ dim_ ns_ shaper_) netdev_(adjacent_ get_by_ lower_ name_ nl_ offload_ queue_ rx_ work_) netfilter_
netif_(change_ get_ napi_ receive_ rx_ rxq_ set_) netkit_ netlbl_ netlink_(policy_ seq_) netns_ netpoll_ nexthop_
nf_(hook_ queue_ register_ unregister_) nh_(res_ valid_) nobh_ node_(read_ set_) nohz_ nonfatal_ noop_(apic_ send_)
note_(page_) nr_(hugepages_) ns_(revision_ tree_) nsfs_ nsproxy_ ntp_ nullfs_ numa_(add_) nvmem_ objpool_ of_(alias_
bus_ changeset_ clk_ device_ dma_ fdt_ find_ fixed_ flat_ fwnode_ genpd_ get_flat_ get_next_ gpio_ gpiochip_ graph_
icc_ irq_ machine_ msi_ node_ overlay_ parse_ pci_ phandle_ platform_ property_ reconfig_ reserved_ thermal_)
on_(each_) online_ oops_ opal_ opp_ osnoise_ p2sb_ p4_ p4d_ p6_ pac_ package_(cpus_) packet_(seq_) padata_
page_(alloc_ counter_ frag_ offline_ pool_) pagemap_ pagevec_ panic_(on_) parse_(acpi_ nla_ no_ xen_) part_ partition_
pat_ pbus_ pc_(clock_) pcc_(mbox_) pci_(acpi_ acs_ add_ aer_ alloc_ assign_ ats_ bridge_ bus_read_ bus_release_ cfg_
check_ configure_ create_ dev_ disable_ doe_ ecam_ enable_ epc_ epf_ find_ fintek_ fixup_ free_ generic_ host_ hp_
iov_ irq_ mmap_ mmcfg_ mmconfig_ msi_ msix_ oxsemi_ p2pdma_ p2pmem_ pasid_ pm_ pme_ probe_ proc_ pwrctrl_ quatech_
quirk_ read_ rebar_ release_ request_ reset_ resource_ restore_ save_ scan_ set_ setup_ sriov_ stop_ swiotlb_ try_
user_ vpd_ wch_ write_ xen_) pcibios_ pcie_(aspm_ bwnotif_ capability_ get_ pme_ port_ portdrv_ set_ wait_) pciehp_
pcim_ pciserial_ pcpu_ pcs_ pde_ percpu_(array_ counter_ ref_) perf_(aux_ cgroup_ ctx_ event_exit_ event_fd_
event_groups_ event_task_ get_ ibs_ iommu_ mmap_ output_ pmu_ swevent_ trace_block_ trace_bpf_ trace_br_ trace_cgroup_
trace_clk_ trace_cma_alloc_ trace_cxl_ trace_dax_ trace_devlink_ trace_dma_ trace_fsverity_ trace_handshake_
trace_hrtimer_ trace_hugetlbfs_ trace_hyperv_ trace_i2c_ trace_io_ trace_iomap_ trace_ipi_ trace_irq_ trace_ksm_
trace_kvm_arm_ trace_kvm_timer_ trace_mm_ trace_module_ trace_net_ trace_page_ trace_percpu_ trace_qdisc_
trace_regmap_ trace_rtc_ trace_sched_ trace_scm_ trace_scmi_ trace_smbus_ trace_spi_ trace_tcp_ trace_thermal_
trace_timer_ trace_tmigr_ trace_vector_ trace_wbt_ trace_workqueue_ trace_writeback_ trace_xdp_ trace_xen_)
pericom8250_ pfifo_ pfnmap_ pgd_ pgdat_ pgtable_ phc_ phy_(pm_) physflat_ pick_(next_ task_) pidfd_ pidfs_ pidns_
pids_ pin_(user_) pinconf_ pinctrl_ ping_(v4_ v6_) pinmux_ pirq_ pkcs1pad_ pkcs7_ pkvm_ pl010_ pl011_ pl031_ pl061_
platform_(device_ drv_ get_ msi_ pm_) plca_ plt_(clk_) pm8xxx_ pm_(clk_ debug_ generic_ genpd_ qos_sysfs_ runtime_
wakeup_) pmc_(dev_) pmd_ pmdp_ pmic_(irq_) pneigh_ pnp_ pnpacpi_ policydb_ polyval_ posix_(clock_ cpu_ get_ timer_)
posixtimer_ power_(allocator_ supply_) powercap_ pps_(cdev_) pr_ prandom_ prctl_ preempt_(model_ notifier_ schedule_)
prep_ print_(cpus_ graph_ type_) printk_(nmi_ safe_) prio_(changed_) privflags_ probes_ proc_(bus_ create_ dointvec_
fd_ get_ ipc_ key_ keys_ map_ net_ ns_ pid_ reg_ root_ sched_ setgroups_ sys_ task_ tcp_ tgid_ tid_ uint_ watchdog_)
process_(cpu_) profile_ prog_(array_) propagate_ property_ proto_(seq_) ps2_ psched_ psci_ pse_ pseudo_(lock_) psi_
pstore_(ftrace_ get_) pt_(buffer_ event_ iommu_) ptdump_ pte_(offset_) ptep_ pti_ ptp_(clock_ vclock_ vmclock_)
ptrace_ ptrauth_ pty_ ptype_(seq_) public_ pud_ pudp_ put_(cmsg_ nla_ old_ prev_ task_) putback_ pv_(native_)
pwm_(class_ seq_) pwmchip_ pwq_ pwrseq_ qcuefi_ qdisc_(class_ watchdog_) qi_ queue_(atomic_ discard_ io_ iostats_
limits_ max_ pages_ poll_ stack_ write_ zone_) quirk_(amd_ disable_ intel_ msi_ nvidia_ pcie_ via_) radix_ ramfs_
range_(tree_) raw6_ raw_(notifier_ seq_ spin_) rawdata_ rawv6_ rbm_ rcpm_ rcu_(barrier_ cblist_ cpu_ exp_ get_ gp_
irq_ nocb_ read_ report_ segcblist_ spawn_ sync_ tasks_ watching_) rcutree_ rdmacg_ rdmsr_ rdt_ rdtgroup_ read_(cache_
hv_ sanitised_) refcount_ regcache_ regex_ register_(ftrace_ memory_ sysctl_) regmap_(field_ format_ i2c_ irq_ lock_
mmio_ parse_ smbus_ unlock_) regs_ regset_ regulator_(bulk_ get_ irq_ is_ list_ map_ register_ set_ summary_ suspend_)
relay_(file_) remap_(pfn_) reqsk_ request_(firmware_ key_) resched_ resctrl_ reserved_ reset_(control_)
response_(get_) restart_(poweroff_) restrict_ rethook_ reuseport_ reweight_ rhashtable_ rhtab_ ring_(buffer_) ringbuf_
rmem_ round_ rpmh_ rpmhpd_ rq_(offline_ online_ qos_) rsa_ rsassa_ rseq_ rt6_ rt_(cache_ cpu_ mutex_ spin_) rtc_(dev_
read_ set_ timer_) rtnetlink_ rtnl_(bridge_ fdb_ fill_ link_ net_ stats_) runtime_ rwsem_ rx_(queue_) s_
save_(microcode_) saved_ savic_ sbitmap_ sbsa_ scatterwalk_ sch_(frag_) sched_(autogroup_ balance_ cache_ clock_ cpu_
debug_ dl_ domains_ dynamic_ ext_ fair_ init_ mm_ numa_ rt_ set_ trace_ update_) schedule_(timeout_) scm_ scomp_
screen_ scx_ sdei_ seccomp_ secondary_ secretmem_ security_(audit_ binder_ bpf_ bprm_ compute_ context_ cred_ file_
fs_ get_ ib_ initcall_ inode_ kernel_ key_ msg_ path_ perf_ sb_ sctp_ sem_ shm_ sid_ sk_ socket_ task_ tun_ uring_
xfrm_) securityfs_ seg6_ sel_ select_(task_) selinux_ selnl_ sem_ semctl_ send_(sig_) sens_ seq_(buf_ hlist_ list_ ns_
profile_ put_ rawdata_) serdev_ serial8250_ serial_(base_ ctrl_ pnp_) set_(cpu_ cpus_ ftrace_ gic_ graph_ huge_ id_
memory_ next_ pages_ pte_ task_ user_) setattr_ setup_(cpu_ per_ slub_) sfi_ sfp_(bus_) sg_(alloc_ miter_) sgl_
sgx_(encl_ vepc_ vma_) sha224_ sha256_(blocks_ finup_) shash_ shmctl_ shmem_(alloc_ file_ memcpy_ mfill_ parse_)
show_(amd_ constraint_ cpuhp_ cpuinfo_ rcu_ scaling_) shpc_ shpchp_ shrink_(dcache_ huge_) shrinker_ shstk_ shuffle_
sidtab_ sig_ signalfd_ simple_(attr_ offset_ pm_ transaction_ xattr_) simplefb_ simulate_ siphash_ sk_(filter_ msg_
psock_ reuseport_ skb_ storage_ stream_) skb_(checksum_ clone_ copy_and_ flow_ mpls_ queue_ zerocopy_)
skcipher_(walk_) sky1_ slab_(debugfs_) slot_(pwrctrl_) smaps_ smccc_ sme_ smp_(call_ text_) smpboot_ snmp6_
sock_(alloc_ def_ diag_ hash_ map_ no_ set_ zerocopy_) sockfs_ sockopt_ softleaf_ softlockup_ softnet_ software_ sol_
sp804_ sparse_(init_) special_(mapping_) spectre_ spi_(controller_ device_transfer_ mem_ res_ statistics_) spidev_
split_(huge_) spurious_ sr_(resx_) srcu_ sriov_(vf_) srso_ stable_ stack_ stacktrace_ stage2_ start_(creating_ poll_
removing_) stat_(seq_) static_(call_ key_) step_ stop_(machine_) store_(scaling_) strp_ strset_ subflow_ submit_(bio_)
sugov_ suspend_(nvs_) sve_ svsm_ swake_ swap_(cache_ cgroup_ cluster_) swapcache_ swiotlb_ switchdev_ switched_
switching_ swnode_ swp_ swsusp_ sync_(file_) synchronize_(rcu_) synth_(event_) syscall_ syscon_ sysctl_ sysfb_
sysfs_(create_ kf_ slab_) sysreg_ sysrq_ system_(heap_) sysvec_ sysvipc_ t_ tag_ task_(clock_ exec_ file_ lookup_
numa_ seq_ set_ tick_ vma_ work_) taskstats_ tboot_ tc_(cls_ dump_ setup_cb_) tcf_(action_ block_ chain_ em_ exts_
idr_ proto_ qevent_) tcp4_ tcp6_ tcp_(ao_ bpf_ ca_ check_ enter_ fastopen_ get_ gro_ init_ md5_ metrics_ parse_ rack_
rate_ rcv_ read_ send_ set_ sigpool_ skb_ sock_ try_ tsq_ update_ v4_ v6_ write_) tcpv6_ tcx_ text_(poke_) textsearch_
tg_ thaw_ therm_(throt_) thermal_(acpi_ cooling_ genl_ notify_ of_ thresholds_ trip_ zone_) this_ thread_(group_
siblings_) throtl_ thunder_ tick_ timekeeping_ timens_ timer_(irq_ list_) timerfd_ timerlat_ timerqueue_ timers_ tk_
tlb_(flush_ remove_) tls_(handshake_) tmigr_ tnum_ to_(cxl_) tomoyo_ topology_(set_ update_) touch_(overlay_)
touchscreen_ tpacket_ tpm1_ tpm2_ tpm_(bios_ buf_ chip_ common_ dev_ show_) tracefs_ traceoff_ traceon_ tracepoint_
traceprobe_ tracer_ tracing_ trap_ trie_ trigger_(data_) trip_ truncate_(inode_) try_(emulate_ grab_ to_free_) tsinfo_
tso_(dma_) tsx_ tty_ ttyport_ uart_(get_ set_) ucs2_ ucs_ udmabuf_ udp4_ udp6_ udp_(bpf_ lib_ v6_) udplite6_
udplitev6_ udpv6_ uevent_ uid_ umh_ umwait_ univ8250_ unix_(dgram_ seq_ stream_) unlink_(file_) unmap_(mapping_)
unmask_ unpin_(user_) unregister_(ftrace_ netdevice_) unshare_ unwind_ update_(curr_ ftrace_) uprobe_ usb_(amd_)
use_(zero_) user_(path_) userfaultfd_ userns_ utf8_ utsns_ vc_ vchan_ vdso_ vec_ vector_ vesafb_ vexpress_ vfs_
vfsgid_ vga_(arb_ switcheroo_) vgacon_ viot_ virt_(efi_) visit_ vm_(area_ normal_) vma_(alloc_ interval_ is_ modify_)
vmalloc_ vmap_ vmclock_ vmemmap_ vmf_ vmgenid_ vmpressure_ vms_ vmstat_ vmware_ vprintk_ vt_(do_) vtdss_ vtime_
wait_(for_completion_) wakeup_(preempt_ source_ sources_ tracer_) walk_(page_range_ system_) wb_(update_) wbc_ wbt_
weighted_ wext_ wireless_(dev_) work_(on_) worker_ workingset_ workqueue_ wp_(clean_) wq_(affn_ worker_) wqattrs_
wrmsr_ ww_ x2apic_ x32_ x509_ x86_(64_ gsbase_ init_ perf_ pmu_ vector_ virt_ vmx_) xa_ xas_ xdp_(do_ features_
return_ rxq_ umem_) xen_(alloc_ apic_ arch_ cpu_ do_ efi_ evtchn_ flush_ free_ get_ has_ hvm_ hypercall_ init_ irq_
is_ load_ make_ mc_ mce_ parse_ pcpu_ pv_ read_ release_ remap_ send_ set_ setup_ smp_ swiotlb_ vcpu_ write_) xenboot_
xenbus_ xencons_ xenfb_ xenkbd_ xenpv_ xfeature_ xfrm4_(rcv_) xfrm6_(protocol_ rcv_) xfrm_(audit_ dev_ hash_ input_
nat_ pol_ policy_inexact_ register_ replay_ unregister_) xlp_ xol_ xp_(dma_) xps_ xsk_(map_ tx_) xxh32_ xxh64_ xz_
yama_ yield_ zap_(vma_) zbud_ zcrx_ zhaoxin_ zlib_(tr_) zone_(pcp_) zpool_ zswap_
`;

const TRACEPOINT_PREFIXES = `
ack_(update_) aer_ alarmtimer_ alloc_(vmap_) amd_ arm_ attach_ balance_ bdi_ blk_ blkdev_ block_ bounce_ bpf_ br_
break_ cache_(tag_) call_ cap_ cdev_ cgroup_ clk_ clock_ cma_ compact_ consume_ contended_ contention_ count_ cpu_
cpuhp_ csd_ ctime_ cxl_ damon_ damos_ dax_ deferred_ detach_ dev_(pm_) devfreq_ device_ devlink_ devres_ disk_ dma_
dql_ emulate_ error_(apic_ report_) exit_ extlog_ fcntl_ fdb_ fib6_ fib_ file_ filemap_(set_) fill_ finish_ flock_
flush_ folio_ fsverity_ fuse_ generic_(add_ delete_) get_ global_ gpio_ guest_ handshake_ hrtimer_ hugepage_
hugetlbfs_ hw_ hwmon_ hyperv_ i2c_ icc_ icmp_ inet_ initcall_ inode_ instruction_ io_ iocost_ iomap_ ipi_ irq_ itimer_
kfree_ kmalloc_ kmem_(cache_) ksm_ leases_ local_ locks_ ma_ map_ mc_ mce_ mem_ memcg_ memory_ mm_ mmap_ mod_ module_
mon_ mptcp_ napi_ neigh_ net_ netif_ netlink_ nmi_ non_ notifier_ oom_ page_ pci_ pcie_ pelt_ percpu_ pm_ posix_
power_ powernv_ prq_ psci_ pseudo_ pstate_ purge_ pwm_ qdisc_ qi_ rcu_ reclaim_ regcache_ regmap_ regulator_ remove_
reschedule_ rpm_ rpmh_ rseq_ rss_ rtc_ sample_ sb_ sched_ scm_ scmi_ selinux_ set_(migration_) signal_ sk_ skb_ skip_
smbus_ sock_ softirq_ spi_ spurious_ start_ subflow_ suspend_ swiotlb_ sys_ task_ tasklet_ tcp_ test_ thermal_ thread_
threshold_ tick_ time_ timer_ tlb_ tmigr_ track_ trap_ tsm_ udp_ unmap_ user_ vector_ vgic_ vm_ vma_ wait_ wakeup_
wbc_ wbt_ workqueue_ writeback_ x86_ xdp_ xen_
`;

/** The beginnings of a list, spelled out. */
function prefixesOf(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, first = '', rest] of text.matchAll(/([^\s()]+)(?:\(([^)]*)\))?/g)) {
    for (const more of rest?.split(/\s+/) ?? ['']) found.add(first + more);
  }
  return found;
}

const functions = prefixesOf(FUNCTION_PREFIXES);
const tracepoints = prefixesOf(TRACEPOINT_PREFIXES);

/** Whether only the kernel itself has names that begin like this one. False says nothing. */
export function isKernelsOwn(what: 'function' | 'tracepoint', name: string): boolean {
  const prefixes = what === 'function' ? functions : tracepoints;
  for (let at = name.indexOf('_', /^_*/.exec(name)?.[0].length ?? 0); at >= 0; at = name.indexOf('_', at + 1)) {
    if (prefixes.has(name.slice(0, at + 1))) return true;
  }
  return false;
}
