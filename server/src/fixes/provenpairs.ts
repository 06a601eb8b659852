/** Ecosystem and fix form of every recorded build whose image stayed equal. */
export const PROVEN: readonly string[] = ['npm copy', 'pip copy', 'uv copy', 'uv-pip copy'];
