/** Permission bits that a person's or a system's umask takes away. */
const umasks = [0o022, 0o002, 0o077, 0o027, 0o007];

/** Whether a checkout of a file that git keeps as `tracked` (0o644 or 0o755) may give it the permission bits `disk`. */
export function isCheckoutMode(tracked: number, disk: number): boolean {
  const whole = (tracked & 0o100) === 0 ? 0o666 : 0o777;
  return umasks.some((umask) => (whole & ~umask) === disk);
}
