/** What the outside tells the suite before it starts: JSON in the environment variable PLIMSOLL_TEST. */
export interface Plan {
  /** Folder through which the two sides talk. */
  readonly channel: string;
  /** `dev`: loaded from the repository. `packed`: the VSIX, with two folders. `restricted`: the VSIX, not trusted. */
  readonly mode: 'dev' | 'packed' | 'restricted';
  /** Copies of examples/ and of the rule pages' cases, both absolute. */
  readonly examples: string;
  readonly pages: string;
  /** Cases of the rule pages to be fixed through the user interface. */
  readonly cases: readonly PageFix[];
  /** Whether examples/shop is there, a project with history. */
  readonly shop: boolean;
  /** False where the window can't be reached from outside: steps through the user interface are skipped. */
  readonly ui: boolean;
  /** Only steps whose name contains this, or one of several parts with `|` between them. */
  readonly filter: string;
}

export interface PageFix {
  readonly rule: string;
  /** Absolute path of the file with the marked finding. */
  readonly file: string;
  /** 0-based place of the marker. */
  readonly line: number;
  readonly character: number;
  /** What the page says the file is after the fix. */
  readonly after: string;
}

export interface StepResult {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly note?: string;
}

/** Steps that the outside does with keyboard and eyes, by name → arguments and result. */
export interface Asks {
  /** In the editor in front: Ctrl+G to the place, Ctrl+., the entry whose title contains `title`, Enter, Ctrl+S. */
  readonly fixByKeyboard: {
    readonly args: { readonly line: number; readonly column: number; readonly title: string };
    readonly result: { readonly titles: readonly string[] };
  };
  /** Chooses the first entry of the lightbulb's menu that contains `title` and waits for VS Code's preview of the change. */
  readonly actionPreview: {
    readonly args: { readonly line: number; readonly column: number; readonly title: string };
    readonly result: null;
  };
  /** Types a command's title into the command palette. */
  readonly palette: { readonly args: { readonly title: string }; readonly result: null };
  /** Text of the notifications that are shown, after waiting for one that contains `text`; then closes them. */
  readonly notification: { readonly args: { readonly text: string }; readonly result: string };
  /** What the language status shows when the mouse is over it, once it contains `text`. */
  readonly languageStatus: { readonly args: { readonly text: string }; readonly result: string };
  /** Ctrl+S in the editor in front. */
  readonly save: { readonly args: null; readonly result: null };
  /** What "Developer: Show Running Extensions" says of Plimsoll: the editor is open already. */
  readonly runningExtension: { readonly args: null; readonly result: string };
  /** Opens the lightbulb's menu at a place and takes a picture, then closes it. */
  readonly picture: {
    readonly args: { readonly name: string; readonly line: number; readonly column: number };
    readonly result: null;
  };
  /** CSS classes of the editor's tokens that contain `text`. */
  readonly tokenClass: { readonly args: { readonly text: string }; readonly result: string };
  /** The report in front, once its text contains `text`. */
  readonly report: { readonly args: { readonly text: string }; readonly result: ReportSeen };
  /**
   * Clicks with the mouse on the first thing in the report that a CSS selector names; again, as long as the report does
   * not contain `done`: a page that is drawn anew loses a click.
   */
  readonly reportClick: {
    readonly args: { readonly selector: string; readonly done: string };
    readonly result: ReportSeen;
  };
  /** Clicks the same way until VS Code shows its preview of a change. */
  readonly changePreview: { readonly args: { readonly selector: string }; readonly result: null };
  /** Applies the whole change of the preview that is shown, or turns it away. */
  readonly decidePreview: { readonly args: { readonly button: 'Apply' | 'Discard' }; readonly result: null };
  /** Keys pressed in the report after the focus was put on what a CSS selector names. */
  readonly reportKeys: {
    readonly args: { readonly selector: string; readonly keys: readonly string[] };
    readonly result: ReportSeen;
  };
  /** Takes a picture of the report; `name` without its ending. */
  readonly reportPicture: { readonly args: { readonly name: string }; readonly result: null };
  /** Clicks the CodeLens that contains `text` until there is a report that contains `done`. */
  readonly lens: {
    readonly args: { readonly text: string; readonly done: string };
    readonly result: ReportSeen;
  };
  /** Text of the Markdown preview in front, once it contains `text`. */
  readonly preview: { readonly args: { readonly text: string }; readonly result: string };
  /** Chooses the entry that contains `text` from the list that is open. */
  readonly pick: { readonly args: { readonly text: string }; readonly result: null };
  /** Presses a button of the dialog that stands before the window; the result is its text. */
  readonly dialog: { readonly args: { readonly button: string }; readonly result: string };
  /** Clicks an icon above the editor in front, by its tooltip. */
  readonly titleAction: { readonly args: { readonly label: string }; readonly result: null };
  /** Clicks a button of the notification that contains `text`, which is the result. */
  readonly notificationButton: {
    readonly args: { readonly text: string; readonly button: string };
    readonly result: string;
  };
  /** Entries of the Explorer's menu on a file or folder that is visible in it; runs `choose`, if it is one of them. */
  readonly explorerMenu: {
    readonly args: { readonly name: string; readonly choose?: string };
    readonly result: readonly string[];
  };
}

/** What a person sees of the report. */
export interface ReportSeen {
  /** The number in large type. */
  readonly size: string;
  /** What was done last, such as an added line and what it changed; empty for nothing. */
  readonly change: string;
  /** The folder that picture and table show. */
  readonly folder: string;
  /** Names of the tiles in the picture, outermost only. */
  readonly tiles: readonly string[];
  /** Everything. */
  readonly text: string;
}
