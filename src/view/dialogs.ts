/** The questions that we ask: JupyterLab's dialogs, with our words. */

import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { IRunSummary } from '../api/types';
import { isOurs, runName } from '../model/runs';

const MOST_NAMES = 5;

/** The names of some runs, for a question. */
function nameRuns(runs: readonly IRunSummary[], trans: TranslationBundle): string {
  const names = runs.slice(0, MOST_NAMES).map(runName).join(', ');
  const rest = runs.length - MOST_NAMES;
  return rest > 0 ? trans.__('%1 and %2 more', names, rest) : names;
}

/** Ask whether something shall be done that cannot be undone, or that others notice. */
export async function askSure(
  title: string,
  body: string,
  buttons: { readonly no: string; readonly yes: string }
): Promise<boolean> {
  const result = await showDialog({
    title,
    body,
    buttons: [Dialog.cancelButton({ label: buttons.no }), Dialog.warnButton({ label: buttons.yes })],
    defaultButton: 0
  });
  return result.button.accept;
}

/** Ask whether runs shall be stopped. */
export async function askStop(runs: readonly IRunSummary[], trans: TranslationBundle): Promise<boolean> {
  return askSure(
    trans._n('Stop the run?', 'Stop %1 runs?', runs.length),
    trans.__('%1: what it has printed, logged and saved so far stays.', nameRuns(runs, trans)),
    { no: trans.__('Let it run'), yes: trans.__('Stop') }
  );
}

/** Ask whether runs shall be deleted. */
export async function askDelete(runs: readonly IRunSummary[], trans: TranslationBundle): Promise<boolean> {
  return askSure(
    trans._n('Delete the run?', 'Delete %1 runs?', runs.length),
    runs.some(isOurs)
      ? trans.__(
          '%1: log, results and artifacts are removed for good. To keep them out of the way, archive instead.',
          nameRuns(runs, trans)
        )
      : trans.__('%1: deleted in the tracking store, which MLflow can restore.', nameRuns(runs, trans)),
    { no: trans.__('Cancel'), yes: trans.__('Delete') }
  );
}

/** Ask for a run's name; null when the user thinks better of it. */
export async function askName(run: IRunSummary, trans: TranslationBundle): Promise<string | null> {
  const result = await InputDialog.getText({
    title: trans.__('Rename run'),
    label: trans.__('Name'),
    text: run.name,
    okLabel: trans.__('Rename')
  });
  return result.button.accept && result.value?.trim() ? result.value.trim() : null;
}

/** Ask for a tag: its key, and its value or null to remove it. */
export async function askTag(
  runs: readonly IRunSummary[],
  trans: TranslationBundle
): Promise<readonly [string, string | null] | null> {
  const result = await InputDialog.getText({
    title: trans._n('Tag the run', 'Tag %1 runs', runs.length),
    label: trans.__('KEY=VALUE; KEY= removes the tag'),
    placeholder: 'stage=candidate',
    pattern: '[^=]+=.*',
    required: true,
    okLabel: trans.__('Tag')
  });
  if (!result.button.accept || !result.value) {
    return null;
  }
  return readTag(result.value);
}

/** Read `KEY=VALUE`; null where there is no key. */
function readTag(text: string): readonly [string, string | null] | null {
  const at = text.indexOf('=');
  const key = (at < 0 ? text : text.slice(0, at)).trim();
  const value = at < 0 ? '' : text.slice(at + 1).trim();
  return key ? [key, value || null] : null;
}

/** Ask for a run's note, Markdown; null when the user thinks better of it. */
export async function askNote(note: string, trans: TranslationBundle): Promise<string | null> {
  return askText(trans.__('Note'), note, trans.__('Note, Markdown'), trans);
}

/** Ask for a text of several lines; null when the user thinks better of it. */
export async function askText(
  title: string,
  text: string,
  label: string,
  trans: TranslationBundle
): Promise<string | null> {
  const result = await showDialog({
    title,
    body: new TextEditor(text, label),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Save') })],
    focusNodeSelector: 'textarea'
  });
  return result.button.accept ? (result.value ?? '') : null;
}

/** A field of several lines. */
class TextEditor extends Widget implements Dialog.IBodyWidget<string> {
  constructor(text: string, label: string) {
    super();
    this._field.value = text;
    this._field.rows = 8;
    this._field.className = 'jp-mod-styled mlops-NoteEditor';
    this._field.setAttribute('aria-label', label);
    // Enter begins a line here; it must not answer the dialog.
    this._field.addEventListener('keydown', event => event.key === 'Enter' && event.stopPropagation());
    this.node.append(this._field);
  }

  getValue(): string {
    return this._field.value;
  }

  private readonly _field = document.createElement('textarea');
}
