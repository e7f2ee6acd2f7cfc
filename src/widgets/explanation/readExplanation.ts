/** Reads an explanation: every part of it, and whether its tables fit each other. */

import {
  IExplainedFeatures,
  IExplanationReport,
  IFeatureInteraction,
  IFeatureShape,
  IImageSaliency,
  IImportance,
  ILocalExplanations,
  ITextSaliency,
  IWhatIf
} from '../../api/types';
import {
  Reader,
  UnreadableError,
  figure,
  flag,
  list,
  number,
  or,
  orNull,
  png,
  record,
  sameLength,
  text,
  word
} from '../report/reading';
import { Read, readReport } from '../report/refusal';
import { IReportHost } from '../report/host';

/** The newest version that is known here. */
const EXPLANATION_VERSION = 2;

const figures = list(figure);
const table = list(figures);
const form = word('line', 'steps', 'bars');

const features = record<IExplainedFeatures>({
  names: list(text),
  kinds: list(word('number', 'category')),
  categories: or(list(list(text)), []),
  missing: or(list(number), [])
});

const importance = record<IImportance>({
  measure: text,
  interval: or(text, ''),
  names: list(text),
  features: list(list(number)),
  scores: figures,
  low: or(figures, []),
  high: or(figures, [])
});

const shape = record<IFeatureShape>({
  feature: number,
  form,
  grid: figures,
  values: table,
  low: or(table, []),
  high: or(table, []),
  missing: or(figures, []),
  density_grid: or(figures, []),
  density: or(figures, []),
  ice: or(list(table), [])
});

const interaction = record<IFeatureInteraction>({
  features: list(number),
  forms: list(form),
  left_grid: figures,
  right_grid: figures,
  values: table
});

const local = record<ILocalExplanations>({
  rows: list(number),
  values: table,
  predicted: or(table, []),
  actual: or(figures, []),
  contributions: or(list(table), [])
});

const whatIf = record<IWhatIf>({
  channel: text,
  least: figures,
  most: figures,
  whole: list(flag)
});

const textSaliency = record<ITextSaliency>({
  row: number,
  feature: number,
  tokens: list(text),
  scores: table,
  cut: or(number, 0)
});

const imageSaliency = record<IImageSaliency>({
  row: number,
  png,
  width: number,
  height: number,
  heat: list(table)
});

const report = record<IExplanationReport>({
  version: number,
  method: text,
  method_title: text,
  chosen_because: text,
  model: or(text, ''),
  model_type: or(text, ''),
  run_id: or(text, ''),
  task: word('binary', 'multiclass', 'regression', 'clustering'),
  classes: or(list(text), []),
  outputs: list(text),
  scale: text,
  base_values: or(figures, []),
  rows: or(number, 0),
  rows_used: or(number, 0),
  fingerprint: or(text, ''),
  contains_data: or(flag, false),
  features,
  importance,
  shapes: or(list(shape), []),
  interactions: or(list(interaction), []),
  local: or(orNull(local), null),
  what_if: or(orNull(whatIf), null),
  texts: or(list(textSaliency), []),
  images: or(list(imageSaliency), []),
  notes: or(list(text), []),
  made_at: or(text, '')
});

/** Return the report that a notebook holds, or why there is none. */
export function readExplanation(data: unknown, host: IReportHost): Read<IExplanationReport> {
  return readReport(data, EXPLANATION_VERSION, fitting, host);
}

/** Along one side of an image; Python makes half as many. */
const MOST_CELLS = 64;

const fitting: Reader<IExplanationReport> = (value, size) => {
  const read = report(value, size);
  const { names, scores, low, high } = read.importance;
  sameLength('importance', names.length, read.importance.features, scores, low, high);
  if (read.outputs.length === 0 || (names.length === 0 && read.images.length === 0)) {
    throw new UnreadableError(read.outputs.length ? 'importance.names' : 'outputs');
  }
  read.shapes.forEach((each, index) => {
    const cells = each.form === 'steps' ? each.grid.length - 1 : each.grid.length;
    sameLength(`shapes[${index}]`, cells, ...each.values, ...each.low, ...each.high, ...each.ice.flat());
  });
  read.local?.contributions.forEach((outputs, index) =>
    sameLength(`local.contributions[${index}]`, names.length, ...outputs)
  );
  read.images.forEach(({ heat }, index) => {
    if (heat.some(rows => rows.length > MOST_CELLS || rows.some(row => row.length > MOST_CELLS))) {
      throw new UnreadableError(`images[${index}].heat`);
    }
  });
  read.texts.forEach((each, index) => sameLength(`texts[${index}]`, each.tokens.length, ...each.scores));
  return read;
};
