/** What can be done about a gap: Fairlearn's mitigators that fit a model, and the line that writes such a run. No DOM. */

import { IFairnessModel, IFairnessReport } from '../../api/types';
import { own } from '../../api/guards';

/** A mitigator for one of the models. */
export interface IMitigation {
  readonly model: string;
  readonly mitigator: string;
  /** What the kernel must have for it. */
  readonly names: readonly string[];
  /** A magic that writes the next cell: a run that the reader sees and can change. */
  readonly code: string;
  /** A magic that shows before and after on the same axes, once the run has begun. */
  readonly after: string;
  /** The same by the run that made the model, whose name the kernel may not have: then the magic binds it. */
  readonly byRun?: IMitigation;
}

/** A name of Python, with attributes perhaps. */
const NAME = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u;
/**
 * A column that can stand in a line: IPython would fill in braces and dollars, quotes, commas and backslashes would end
 * the word, and nobody would see a character that has no form.
 */
const COLUMN = /^(?![-\s])[^\p{C}\p{Zl}\p{Zp}{}$'"`,;\\]+(?<!\s)$/u;
/** One that needs no quotes. */
const PLAIN = /^[\p{L}\p{N}_.,-]*$/u;

/** What Python's cell calls the model that it makes. */
const RESULT = 'mitigated';
/** These need probabilities, which most mitigated models have not. */
const OF_SCORES = /roc_auc|average_precision|brier|log_loss|mean_prediction/;

/** What a cell begins with in a kernel that was restarted. */
export const LOAD = '%load_ext jupyter_mlops\n';

/** Whether there is something that fits, be it that a line can say it or not. */
export function isMitigable(report: IFairnessReport): boolean {
  return report.models.some(model => model.mitigations.length > 0);
}

/** Return what can be done; names that no line could hold are left out. */
export function mitigationsOf(report: IFairnessReport): readonly IMitigation[] {
  const [X, y] = [own(report.data, 'X') ?? '', own(report.data, 'y') ?? ''];
  const columns = report.sensitive.map(feature => feature.name);
  const weights = report.weighted ? (own(report.data, 'weights') ?? '') : null;
  const inLine = weights === null ? columns : [...columns, weights];
  if (![X, y].every(name => NAME.test(name)) || !inLine.every(name => COLUMN.test(name))) {
    return [];
  }
  const weighted = weights === null ? '' : ` --weights ${words([weights])}`;
  const line = (word: string) => `%fairness ${word} -X ${X} -y ${y} -s ${words(columns)}${weighted}`;
  const lines = ({ name }: IFairnessModel, word: string, mitigator: string) => ({
    model: name,
    mitigator,
    names: (word === name ? [word, X] : [X]).map(each => each.replace(/\..*/, '')),
    code: `${line(word)}${withheld(report)} --boot 0 --mitigate ${mitigator}`,
    after: `${line(word)}${sameAgain(report)} --compare ${compared(report, name)}`
  });
  return report.models.flatMap(model => {
    const [byName, run] = [NAME.test(model.name), wordOf(model)];
    return model.mitigations
      .filter(mitigator => NAME.test(mitigator) && (byName || run))
      .map(mitigator => ({
        ...lines(model, byName ? model.name : run, mitigator),
        ...(byName && run ? { byRun: lines(model, run, mitigator) } : {})
      }));
  });
}

/** What the report withholds, no other one may show. */
function withheld({ min_group }: IFairnessReport): string {
  return min_group ? ` --min-group ${min_group}` : '';
}

/** What was asked for beside rows and columns, where a line can say it. */
function sameAgain(report: IFairnessReport): string {
  const { metrics, control, bootstrap } = report;
  const keys = metrics.filter(each => !OF_SCORES.test(each.key)).map(each => each.key);
  const controls = control.map(each => each.name);
  return [
    keys.length && keys.every(key => NAME.test(key)) ? ` --metrics ${keys.join(',')}` : '',
    controls.length && controls.every(name => COLUMN.test(name)) ? ` --control ${words(controls)}` : '',
    withheld(report),
    ` --boot ${bootstrap?.samples ?? 0}`
  ].join('');
}

/** The other models of the report and the new one. What a word may mean something else by then is known by its run. */
function compared(report: IFairnessReport, name: string): string {
  const others = report.models
    .filter(each => each.name !== name)
    .map(each => (NAME.test(each.name) && !isMoving(each) ? each.name : wordOf(each)))
    .filter(Boolean);
  return [...others, RESULT].join(',');
}

/** The new run is the last one, perhaps the best one, and makes a model of the same name as the one before. */
function isMoving({ name, run_id }: IFairnessModel): boolean {
  return name === RESULT || (['best', 'last'].includes(name) && RUN_ID.test(run_id));
}

const RUN_ID = /^[0-9a-f]{32}$/;
/** Of an id, as all views show it. */
const SHORT = 8;

/** The run that made a model, as a word of a line and of a legend; empty where nobody knows. */
function wordOf({ run_id }: IFairnessModel): string {
  return RUN_ID.test(run_id) ? run_id.slice(0, SHORT) : '';
}

/** Columns as one word of a line. */
function words(columns: readonly string[]): string {
  const list = columns.join(',');
  return PLAIN.test(list) ? list : `'${list}'`;
}
