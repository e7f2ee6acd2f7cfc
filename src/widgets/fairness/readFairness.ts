/** Reads a fairness report: every part of it, and whether its tables fit each other. */

import {
  IFairnessBootstrap,
  IFairnessFeature,
  IFairnessGrouping,
  IFairnessMetric,
  IFairnessModel,
  IFairnessReport,
  IFairnessResult,
  IFairnessSpread
} from '../../api/types';
import { Read, readReport } from '../report/refusal';
import {
  Reader,
  UnreadableError,
  dictionary,
  figure,
  flag,
  list,
  number,
  or,
  orNull,
  record,
  sameLength,
  text,
  word
} from '../report/reading';
import { IReportHost } from '../report/host';

/** The newest version that is known here. */
const FAIRNESS_VERSION = 1;

const table = list(list(figure));
const spread = record<IFairnessSpread>({ values: table, low: or(table, []), high: or(table, []) });

const feature = record<IFairnessFeature>({
  name: text,
  levels: list(text),
  edges: or(list(number), []),
  missing: or(orNull(number), null)
});

const metric = record<IFairnessMetric>({
  key: text,
  label: text,
  of_class: or(text, ''),
  better: or(word('higher', 'lower', ''), ''),
  kind: or(word('share', 'count', 'value'), 'value')
});

const model = record<IFairnessModel>({
  name: text,
  type: or(text, ''),
  run_id: or(text, ''),
  mitigator: or(text, ''),
  mitigations: or(list(text), []),
  unmitigated: or(text, '')
});

const grouping = record<IFairnessGrouping>({
  features: list(number),
  levels: list(list(number)),
  strata: or(list(number), []),
  sizes: list(orNull(number)),
  uncertain: or(list(number), []),
  suppressed: or(list(number), []),
  total: number
});

const result = record<IFairnessResult>({
  model: number,
  grouping: number,
  by_group: table,
  low: or(table, []),
  high: or(table, []),
  minimum: spread,
  maximum: spread,
  difference: spread,
  ratio: spread,
  difference_to_overall: spread,
  ratio_to_overall: spread,
  // Read by nobody here: the same figures stand in the spreads.
  disparities: () => ({})
});

const report = record<IFairnessReport>({
  version: number,
  task: word('binary', 'multiclass', 'regression', 'score'),
  made_at: text,
  rows: number,
  positive: or(text, ''),
  classes: or(list(text), []),
  weighted: or(flag, false),
  sensitive: list(feature),
  control: or(list(feature), []),
  strata: or(list(list(number)), []),
  metrics: list(metric),
  models: list(model),
  overall: list(spread),
  groupings: list(grouping),
  results: list(result),
  bootstrap: or(
    orNull(record<IFairnessBootstrap>({ samples: number, low: number, high: number, seed: number })),
    null
  ),
  min_group: or(number, 0),
  uncertain_below: or(number, 0),
  fingerprint: or(text, ''),
  data: or(dictionary(text), {}),
  notes: or(list(text), []),
  digits: or(number, 0)
});

/** Return the report that a notebook holds, or why there is none. */
export function readFairness(data: unknown, host: IReportHost): Read<IFairnessReport> {
  return readReport(data, FAIRNESS_VERSION, fitting, host);
}

const fitting: Reader<IFairnessReport> = (value, size) => {
  const read = report(value, size);
  for (const name of ['metrics', 'models', 'groupings', 'results'] as const) {
    if (read[name].length === 0) {
      throw new UnreadableError(name);
    }
  }
  sameLength('overall', read.models.length, read.overall);
  read.groupings.forEach((each, index) => {
    sameLength(`groupings[${index}].levels`, each.features.length, each.levels);
    sameLength(`groupings[${index}].levels`, each.sizes.length, ...each.levels, each.strata);
  });
  read.results.forEach((each, index) => {
    const groups = read.groupings[each.grouping]?.sizes.length;
    if (groups === undefined || !read.models[each.model]) {
      throw new UnreadableError(`results[${index}]`);
    }
    for (const figures of [each.by_group, each.low, each.high]) {
      sameLength(`results[${index}]`, read.metrics.length, figures);
      sameLength(`results[${index}]`, groups, ...figures);
    }
  });
  return read;
};
