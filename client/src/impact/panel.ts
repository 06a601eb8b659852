import { commands, l10n, Uri, type WebviewPanel, workspace } from 'vscode';
import type { ApplyImpactFixResult, ImpactReportResult } from '../../../server/src/lsp/protocol.js';
import { qualifies } from '../documents.js';
import { impactViewType } from '../reportView.js';
import type { Session } from '../session.js';
import { applyAndSave, asking, isCurrent } from '../shared/edits.js';
import { labelOf } from '../shared/labels.js';
import { ReportPanel } from '../shared/panel.js';
import type { Kind } from '../shared/panels.js';
import { answerTo, say } from '../shared/work.js';
import type { FromPage } from '../views/messages.js';
import { nothing } from '../views/report.js';

/** Commands that the page may run: those it has a button for. */
const own = new Set(['plimsoll.measureBuild', 'plimsoll.importBuildLog', 'plimsoll.forgetMeasuredBuilds']);
const trust = 'workbench.trust.manage';

/** The report of a build's impact. */
export function impactKind(): Kind<ImpactReportResult> {
  return {
    viewType: impactViewType,
    title: l10n.t('Build Impact'),
    ask: estimated,
    create: (session, panel, uri) => new ImpactPanel(session, panel, uri),
  };
}

function estimated(session: Session, uri: string): Promise<ImpactReportResult | undefined> {
  return answerTo(
    session,
    'plimsoll/impactReport',
    { uri },
    l10n.t('Plimsoll: estimating the build’s impact'),
  );
}

class ImpactPanel extends ReportPanel<ImpactReportResult> {
  constructor(session: Session, panel: WebviewPanel, uri: Uri) {
    super(session, panel, uri, {
      title: l10n.t('Build Impact'),
      busy: l10n.t('Estimating the build’s impact…'),
    });
    this.own(workspace.onDidGrantWorkspaceTrust(() => this.outdated()));
  }

  /** Shows an estimate, and what was done before it where something was. */
  override show(result: ImpactReportResult, done = ''): void {
    this.result = result;
    this.present(l10n.t('Build Impact: {0}', labelOf(this.uri.fsPath)), {
      body: result.html === '' ? nothing(l10n.t('Nothing to estimate'), result.notes).text : result.html,
      announce: done,
      tree: null,
      steps: { lines: [], instructions: {} },
      texts: {},
    });
  }

  protected override ask(): Promise<ImpactReportResult | undefined> {
    return estimated(this.session, this.uri.toString());
  }

  protected override heard(message: FromPage): void {
    if (message.kind === 'fix') void this.#apply(message.fix);
    if (message.kind !== 'run') return;
    if (message.command === trust) void commands.executeCommand(trust);
    // They show their results in this report themselves.
    if (own.has(message.command)) void commands.executeCommand(message.command, this.uri);
  }

  /** Every file the server reads for builds may count. */
  protected override restsOn(file: Uri): boolean {
    return qualifies({ languageId: '', uri: file });
  }

  /** Applies fixes, saves what they touched and estimates again. What changes the image is shown first. */
  async #apply(fix: string): Promise<void> {
    try {
      const client = await this.session.client();
      const answer = await client.ask('plimsoll/applyImpactFix', { uri: this.uri.toString(), fix });
      const refused = await this.#write(answer, this.#isUnsafe(fix));
      if (refused !== undefined) {
        void say(refused);
        return;
      }
      const done =
        answer.applied === 1
          ? l10n.t('One fix was applied.')
          : l10n.t('{0} fixes were applied.', answer.applied);
      await this.next(async () => {
        const result = await this.ask();
        if (result !== undefined) this.show(result, done);
      });
    } catch (error) {
      this.session.explain(error);
    }
  }

  /** Undefined once the edit is applied, else why it is not. */
  async #write({ edit, reason }: ApplyImpactFixResult, unsafe: boolean): Promise<string | undefined> {
    if (edit === null) return reason ?? l10n.t('There is nothing to apply any more.');
    // The conversion drops the versions the edit was computed for.
    if (!isCurrent(edit)) return l10n.t('The file has changed meanwhile; nothing was applied.');
    const asked = unsafe ? asking(edit, l10n.t('May change the image')) : edit;
    const { protocol2CodeConverter } = await this.session.client();
    const created = (edit.documentChanges ?? []).flatMap((change) =>
      'kind' in change && change.kind === 'create' ? [Uri.parse(change.uri, true)] : [],
    );
    const done = await applyAndSave(await protocol2CodeConverter.asWorkspaceEdit(asked), created);
    return done ? undefined : l10n.t('Nothing was applied.');
  }

  #isUnsafe(fix: string): boolean {
    const all = this.result?.picture?.fixes ?? [];
    const meant = fix === 'all' ? all : all.filter(({ id }) => id === fix);
    return meant.some(({ applicability }) => applicability === 'unsafe');
  }
}
