import type { Picture, Thresholds } from './model.js';

/** What an added line did. */
export interface Change {
  readonly pattern: string;
  /** The ignore file, as it is shown. */
  readonly file: string;
  /** Bytes sent before and after. */
  readonly before: number;
  readonly after: number;
}

/** All that the report shows. */
export interface ReportView {
  /** The Dockerfile as it is shown. */
  readonly dockerfile: string;
  /** Null where the context can't be measured; `notes` say why. */
  readonly picture: Picture | null;
  readonly notes: readonly string[];
  readonly thresholds: Thresholds;
  readonly change: Change | null;
  /** A path of the report as it is shown. */
  readonly label: (path: string) => string;
}
