/** What can be done about a gap: Fairlearn's mitigators that fit a model, and the line that writes such a run. No DOM. */

import { IFairnessReport } from '../../api/types';
import { own } from '../../api/guards';

/** A mitigator for one of the models. */
export interface IMitigation {
  readonly model: string;
  readonly mitigator: string;
  /** A magic that writes the next cell: a run that the reader sees and can change. */
  readonly code: string;
}

/** A name of Python, with attributes perhaps. */
const NAME = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u;
/** A column that can stand in a line: IPython would fill in braces and dollars, a quote would end the word. */
const COLUMN = /^[\p{L}\p{N}_][\p{L}\p{N}_ .-]*$/u;

/** Return what can be done; names that no line could hold are left out. */
export function mitigationsOf(report: IFairnessReport): readonly IMitigation[] {
  const [X, y] = [own(report.data, 'X') ?? '', own(report.data, 'y') ?? ''];
  const columns = report.sensitive.map(feature => feature.name);
  if (![X, y].every(name => NAME.test(name)) || !columns.every(name => COLUMN.test(name))) {
    return [];
  }
  const list = columns.join(',');
  const sensitive = list.includes(' ') ? `'${list}'` : list;
  return report.models
    .filter(model => NAME.test(model.name))
    .flatMap(model =>
      model.mitigations
        .filter(mitigator => NAME.test(mitigator))
        .map(mitigator => ({
          model: model.name,
          mitigator,
          code: `%fairness ${model.name} -X ${X} -y ${y} -s ${sensitive} --mitigate ${mitigator}`
        }))
    );
}
