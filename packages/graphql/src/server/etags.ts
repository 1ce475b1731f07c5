// Validators of HTTP caches (RFC 9110, 13.1.2).

/** Whether the client has this version already. */
export function matches(request: Request, etag: string): boolean {
  const asked = request.headers.get('if-none-match');
  if (asked === null) return false;
  return asked === '*' || asked.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag.replace(/^W\//, ''));
}
