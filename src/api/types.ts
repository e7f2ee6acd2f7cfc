// Generated from jupyter_mlops/entities/ by `make types`: change it there.

/** A number, or the word for one that JSON has not: "NaN", "Infinity", "-Infinity", or a whole number beyond 2^53. */
export type Figure = number | string;

/** Of the messages that are understood here: a server of a newer one has newer pages, too. */
export const WIRE_VERSION = 1;

/** MLflow's five states of a run. */
export type RunStatus = 'SCHEDULED' | 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';

/** A model that was deployed to an endpoint. */
export interface IEndpointVersion {
  readonly number: number;
  readonly sha256: string;
  readonly size: number;
  readonly label: string;
  readonly run_id: string;
  readonly made_at: string;
}

/** How an endpoint does, since it was started; the latency is that of its last 1,000 requests, in seconds. */
export interface IEndpointFigures {
  readonly requests: number;
  readonly errors: number;
  readonly rows: number;
  readonly per_s: number;
  readonly p50_s: number;
  readonly p95_s: number;
}

/** How often an endpoint was started again unasked since it was last deployed to, rolled back or stopped. */
export interface IEndpointRestarts {
  readonly count: number;
  readonly cause: string;
  readonly at: string;
  readonly in_a_row: number;
  readonly given_up: boolean;
}

/** An endpoint as it stands. */
export interface IEndpoint {
  readonly name: string;
  readonly state: 'running' | 'starting' | 'stopped' | 'down';
  readonly current: number;
  readonly versions: readonly IEndpointVersion[];
  readonly figures: IEndpointFigures;
  readonly restarts: IEndpointRestarts;
  readonly problem: string;
  readonly home_id: string;
  readonly url: string;
  readonly inputs: readonly IOnnxTensor[];
  readonly outputs: readonly IOnnxTensor[];
  readonly example: Readonly<Record<string, string | number | boolean | null>>;
}

/** The end of what an endpoint has logged. */
export interface IEndpointLog {
  readonly text: string;
}

/** A `.mlops` whose runs are shown. */
export interface IHomeInfo {
  readonly home_id: string;
  readonly label: string;
  readonly problem: string;
}

/** What the front end asks first. */
export interface IServerStatus {
  readonly version: string;
  readonly wire_version: number;
  readonly homes: readonly IHomeInfo[];
  readonly building: boolean;
  readonly live: number;
  readonly scheduled: number;
}

/** The last progress bar that a run has printed: `done` of `total`, with the text before it. */
export interface IRunProgress {
  readonly label: string;
  readonly done: number;
  readonly total: number;
}

/** One row of the explorer, and the head of a card. */
export interface IRunSummary {
  readonly run_id: string;
  readonly home_id: string;
  readonly source: 'mlops' | 'mlflow';
  readonly name: string;
  readonly experiment: string;
  readonly notebook: string;
  readonly user: string;
  readonly status: RunStatus;
  readonly detail: string;
  readonly submitted_at: string;
  readonly started_at: string;
  readonly ended_at: string;
  readonly duration_s: number | null;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, Figure>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly left_out: number;
  readonly main_metric: string;
  readonly spark: readonly Figure[];
  readonly progress: IRunProgress | null;
  readonly log_bytes: number;
  readonly returned: readonly string[];
  readonly archived: boolean;
  readonly kept: boolean;
}

/** Part of the runs that a query finds. */
export interface IRunPage {
  readonly runs: readonly IRunSummary[];
  readonly total: number;
  readonly offset: number;
  readonly cursor: number;
  readonly building: boolean;
}

/** The course of a run's metric `key`, its main one or the one logged first, in some tens of points. */
export interface IRunTrend {
  readonly run_id: string;
  readonly key: string;
  readonly values: readonly Figure[];
}

/** Courses of runs that only a store has, as far as they are known; `waiting` more are, or could not be read now. */
export interface IRunTrends {
  readonly trends: readonly IRunTrend[];
  readonly waiting: number;
}

/** Runs of one experiment or notebook: how many, and how many of them go on. */
export interface IRunGroup {
  readonly key: string;
  readonly label: string;
  readonly total: number;
  readonly live: number;
}

/** The explorer's groups, the one with the newest run first. */
export interface IRunGroups {
  readonly groups: readonly IRunGroup[];
  readonly cursor: number;
  readonly building: boolean;
}

/** Keys that runs have, the most frequent first: columns to choose from, and words to complete. */
export interface IRunColumns {
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  readonly tags: readonly string[];
  readonly experiments: readonly string[];
  readonly notebooks: readonly string[];
}

/** A name that travelled: its type, its bytes, and what tells its data from other data, where that was taken. */
export interface IRunInput {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly fingerprint: string;
  readonly shape: string;
}

/** All that the run view shows of a run, except what may be long: log, curves, artifacts. */
export interface IRunDetail {
  readonly summary: IRunSummary;
  readonly cell: string;
  readonly upstream_cells: readonly string[];
  readonly upstream_runs: Readonly<Record<string, string>>;
  readonly error: Readonly<Record<string, string>> | null;
  readonly note: string;
  readonly inputs: readonly IRunInput[];
  readonly packages: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string>>;
  readonly git: Readonly<Record<string, string>> | null;
  readonly seeds: Readonly<Record<string, string>>;
  readonly untransferable: Readonly<Record<string, string>>;
  readonly peak_rss_bytes: number | null;
}

/** A metric's curve, down-sampled: of each bucket its least and its greatest point, in the order of logging. */
export interface IMetricSeries {
  readonly run_id: string;
  readonly key: string;
  readonly steps: readonly Figure[];
  readonly times: readonly number[];
  readonly values: readonly Figure[];
  readonly total: number;
}

/** Curves of a run, which has `total` metrics: more than are here where not all were asked for, or have room. */
export interface IMetricPage {
  readonly series: readonly IMetricSeries[];
  readonly total: number;
}

/** A file or folder among a run's artifacts; `path` is relative to them. `preview` says how it may be shown. */
export interface IArtifactEntry {
  readonly path: string;
  readonly is_folder: boolean;
  readonly size: number;
  readonly preview: '' | 'image' | 'text' | 'table' | 'json';
}

/** What a folder of a run's artifacts holds; `left_out` more are there, behind these in the order of their names. */
export interface IArtifactPage {
  readonly path: string;
  readonly entries: readonly IArtifactEntry[];
  readonly left_out: number;
}

/** What a user may change of a run; None leaves as it is. A tag of None is removed. */
export interface IChangeRun {
  readonly name?: string | null;
  readonly note?: string | null;
  readonly tags?: Readonly<Record<string, string | null>>;
  readonly archived?: boolean | null;
  readonly kept?: boolean | null;
}

/** One row of a comparison: a fact, and its text for each run; empty where the run has it not. */
export interface IDifference {
  readonly key: string;
  readonly values: readonly string[];
  readonly differs: boolean;
}

/** Two to twenty runs side by side; `reports` has one entry a run. */
export interface IComparison {
  readonly runs: readonly IRunSummary[];
  readonly metrics: readonly IDifference[];
  readonly params: readonly IDifference[];
  readonly data: readonly IDifference[];
  readonly packages: readonly IDifference[];
  readonly environment: readonly IDifference[];
  readonly cells: readonly string[];
  readonly reports: readonly IRunReports[];
}

/** A TensorBoard that is asked for: of runs, of folders, or of both. */
export interface IOpenTensorBoard {
  readonly run_ids: readonly string[];
  readonly logdir: string;
  readonly flags: Readonly<Record<string, string>>;
}

/** A TensorBoard that this server supervises; `url` is a path below the server's base URL. */
export interface ITensorBoardInstance {
  readonly instance_id: string;
  readonly url: string;
  readonly run_ids: readonly string[];
  readonly logdir: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly label: string;
  readonly state: 'starting' | 'ready' | 'stopped' | 'failed';
  readonly problem: string;
  readonly memory_bytes: number;
}

/** The body of every refusal: what happened and what to do; `field` names the part of the request. */
export interface IProblem {
  readonly message: string;
  readonly field: string;
}

/** The columns that are explained, as the user knows them. */
export interface IExplainedFeatures {
  readonly names: readonly string[];
  readonly kinds: readonly ('number' | 'category')[];
  readonly categories: readonly (readonly string[])[];
  readonly missing: readonly number[];
}

/** How much each term of the explanation matters over all rows, the most important first. */
export interface IImportance {
  readonly measure: string;
  readonly interval: string;
  readonly names: readonly string[];
  readonly features: readonly (readonly number[])[];
  readonly scores: readonly Figure[];
  readonly low: readonly Figure[];
  readonly high: readonly Figure[];
}

/** What the model's output does along one feature. */
export interface IFeatureShape {
  readonly feature: number;
  readonly form: 'line' | 'steps' | 'bars';
  readonly grid: readonly Figure[];
  readonly values: readonly (readonly Figure[])[];
  readonly low: readonly (readonly Figure[])[];
  readonly high: readonly (readonly Figure[])[];
  readonly missing: readonly Figure[];
  readonly density_grid: readonly Figure[];
  readonly density: readonly Figure[];
  readonly ice: readonly (readonly (readonly Figure[])[])[];
}

/** What two features do together, beyond what each does alone. */
export interface IFeatureInteraction {
  readonly features: readonly number[];
  readonly forms: readonly ('line' | 'steps' | 'bars')[];
  readonly left_grid: readonly Figure[];
  readonly right_grid: readonly Figure[];
  readonly values: readonly (readonly Figure[])[];
}

/** Chosen rows of the data: values, prediction, and what each term adds to it. Contains data. */
export interface ILocalExplanations {
  readonly rows: readonly number[];
  readonly values: readonly (readonly Figure[])[];
  readonly predicted: readonly (readonly Figure[])[];
  readonly actual: readonly Figure[];
  readonly contributions: readonly (readonly (readonly Figure[])[])[];
}

/** How the rows of `LocalExplanations` can be changed and asked again, while the kernel that has the model lives. */
export interface IWhatIf {
  readonly channel: string;
  readonly least: readonly Figure[];
  readonly most: readonly Figure[];
  readonly whole: readonly boolean[];
}

/** What each piece of a text adds to the answer. Contains data. */
export interface ITextSaliency {
  readonly row: number;
  readonly feature: number;
  readonly tokens: readonly string[];
  readonly scores: readonly (readonly Figure[])[];
  readonly cut: number;
}

/** What each part of an image adds to the answer. Contains data. */
export interface IImageSaliency {
  readonly row: number;
  readonly png: string;
  readonly width: number;
  readonly height: number;
  readonly heat: readonly (readonly (readonly Figure[])[])[];
}

/** What a model does with its features. */
export interface IExplanationReport {
  readonly version: number;
  readonly method: string;
  readonly method_title: string;
  readonly chosen_because: string;
  readonly model: string;
  readonly model_type: string;
  readonly run_id: string;
  readonly task: 'binary' | 'multiclass' | 'regression' | 'clustering';
  readonly classes: readonly string[];
  readonly outputs: readonly string[];
  readonly scale: string;
  readonly base_values: readonly Figure[];
  readonly rows: number;
  readonly rows_used: number;
  readonly fingerprint: string;
  readonly contains_data: boolean;
  readonly features: IExplainedFeatures;
  readonly importance: IImportance;
  readonly shapes: readonly IFeatureShape[];
  readonly interactions: readonly IFeatureInteraction[];
  readonly local: ILocalExplanations | null;
  readonly what_if: IWhatIf | null;
  readonly texts: readonly ITextSaliency[];
  readonly images: readonly IImageSaliency[];
  readonly notes: readonly string[];
  readonly made_at: string;
}

/** A sensitive or control feature. */
export interface IFairnessFeature {
  readonly name: string;
  readonly levels: readonly string[];
  readonly edges: readonly number[];
  readonly missing: number | null;
}

/** A metric of the report. */
export interface IFairnessMetric {
  readonly key: string;
  readonly label: string;
  readonly of_class: string;
  readonly better: 'higher' | 'lower' | '';
  readonly kind: 'share' | 'count' | 'value';
}

/** A model of the report. */
export interface IFairnessModel {
  readonly name: string;
  readonly type: string;
  readonly run_id: string;
  readonly mitigator: string;
  readonly mitigations: readonly string[];
  readonly unmitigated: string;
}

/** How rows are grouped: by one sensitive feature, or by several together. Arrays have one entry a group. */
export interface IFairnessGrouping {
  readonly features: readonly number[];
  readonly levels: readonly (readonly number[])[];
  readonly strata: readonly number[];
  readonly sizes: readonly (number | null)[];
  readonly uncertain: readonly number[];
  readonly suppressed: readonly number[];
  readonly total: number;
}

/** What a statistic over the groups is: one row a metric, one column a stratum (one column without strata). */
export interface IFairnessSpread {
  readonly values: readonly (readonly Figure[])[];
  readonly low: readonly (readonly Figure[])[];
  readonly high: readonly (readonly Figure[])[];
}

/** One model's metrics in one grouping. */
export interface IFairnessResult {
  readonly model: number;
  readonly grouping: number;
  readonly by_group: readonly (readonly Figure[])[];
  readonly low: readonly (readonly Figure[])[];
  readonly high: readonly (readonly Figure[])[];
  readonly minimum: IFairnessSpread;
  readonly maximum: IFairnessSpread;
  readonly difference: IFairnessSpread;
  readonly ratio: IFairnessSpread;
  readonly difference_to_overall: IFairnessSpread;
  readonly ratio_to_overall: IFairnessSpread;
  readonly disparities: Readonly<Record<string, readonly Figure[]>>;
}

/** How intervals were made: resamples, the quantiles that bound them, and the seed. */
export interface IFairnessBootstrap {
  readonly samples: number;
  readonly low: number;
  readonly high: number;
  readonly seed: number;
}

/** What a fairness analysis found. */
export interface IFairnessReport {
  readonly version: number;
  readonly task: 'binary' | 'multiclass' | 'regression' | 'score';
  readonly made_at: string;
  readonly rows: number;
  readonly positive: string;
  readonly classes: readonly string[];
  readonly weighted: boolean;
  readonly sensitive: readonly IFairnessFeature[];
  readonly control: readonly IFairnessFeature[];
  readonly strata: readonly (readonly number[])[];
  readonly metrics: readonly IFairnessMetric[];
  readonly models: readonly IFairnessModel[];
  readonly overall: readonly IFairnessSpread[];
  readonly groupings: readonly IFairnessGrouping[];
  readonly results: readonly IFairnessResult[];
  readonly bootstrap: IFairnessBootstrap | null;
  readonly min_group: number;
  readonly uncertain_below: number;
  readonly fingerprint: string;
  readonly data: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly digits: number;
}

/** An input or output of the file. */
export interface IOnnxTensor {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | null)[];
  readonly columns: readonly string[];
  readonly method: string;
}

/** Rows that went through both, and what came of it. */
export interface IOnnxRows {
  readonly given: number;
  readonly checked: number;
  readonly differing: number;
  readonly labels: number;
}

/** Rows outside of what can be compared: they never fail an export, and never count as equal. */
export interface IOnnxDomain {
  readonly reason: string;
  readonly rows: number;
}

/** One way of converting that was tried: its words, how many rows differed, or why it could not be. */
export interface IOnnxTry {
  readonly variant: string;
  readonly differing: number;
  readonly problem: string;
}

/** The comparison of the file with the original. */
export interface IOnnxParity {
  readonly real: IOnnxRows;
  readonly edge: IOnnxRows;
  readonly largest: Figure;
  readonly rtol: number;
  readonly atol: number;
  readonly allowed: number;
  readonly domain: readonly IOnnxDomain[];
  readonly batches: readonly number[];
}

/** How long an answer takes, in seconds: median and 95th percentile, in one process, on so many rows. */
export interface IOnnxLatency {
  readonly rows: number;
  readonly onnx_p50: number;
  readonly onnx_p95: number;
  readonly original_p50: number;
  readonly original_p95: number;
}

/** A box of the drawing: an operator, several of them in a row or side by side, or what goes in or comes out. */
export interface IOnnxNode {
  readonly label: string;
  readonly kind: 'input' | 'step' | 'output';
  readonly operators: readonly string[];
  readonly count: number;
  readonly layer: number;
  readonly place: number;
}

/** The file's graph, small enough to be drawn. */
export interface IOnnxGraph {
  readonly nodes: readonly IOnnxNode[];
  readonly links: readonly (readonly number[])[];
  readonly total: number;
  readonly grouped: boolean;
}

/** A file with smaller weights beside the main one, which answers alike within coarser limits; or why there is none. */
export interface IOnnxQuantised {
  readonly kind: string;
  readonly problem: string;
  readonly file: string;
  readonly sha256: string;
  readonly size: number;
  readonly parity: IOnnxParity | null;
  readonly latency: readonly IOnnxLatency[];
  readonly measure: string;
  readonly score: number;
  readonly original_score: number;
}

/** What an export found. */
export interface IOnnxReport {
  readonly version: number;
  readonly made_at: string;
  readonly file: string;
  readonly sha256: string;
  readonly size: number;
  readonly weights: string;
  readonly model: string;
  readonly model_type: string;
  readonly run_id: string;
  readonly converter: string;
  readonly variant: string;
  readonly repaired: boolean;
  readonly precision: 'float32' | 'float64';
  readonly inputs: readonly IOnnxTensor[];
  readonly outputs: readonly IOnnxTensor[];
  readonly operators: Readonly<Record<string, number>>;
  readonly opsets: Readonly<Record<string, number>>;
  readonly parity: IOnnxParity;
  readonly tried: readonly IOnnxTry[];
  readonly latency: readonly IOnnxLatency[];
  readonly graph: IOnnxGraph | null;
  readonly quantised: IOnnxQuantised | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** What a cell's output holds: the report, and where the notebook has the file. */
export interface IOnnxCard extends IOnnxReport {
  readonly path: string;
  readonly usage: Readonly<Record<string, string>>;
}

/** What the export of a version's run to ONNX found. */
export interface IModelParity {
  readonly state: 'equal' | 'differs' | '';
  readonly rows: number;
  readonly differing: number;
}

/** One version of a registered model: it never changes, except for its words and the aliases that point to it. */
export interface IModelVersion {
  readonly name: string;
  readonly version: number;
  readonly aliases: readonly string[];
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly created_at: string;
  readonly source: string;
  readonly status: string;
  readonly run_id: string;
  readonly run_name: string;
  readonly onnx_sha256: string;
  readonly parity: IModelParity;
}

/** A model by name, with its newest versions. */
export interface IRegisteredModel {
  readonly model_id: string;
  readonly home_id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly created_at: string;
  readonly updated_at: string;
  readonly versions: readonly IModelVersion[];
  readonly version_count: number;
}

/** What registries hold, by name. */
export interface IRegisteredModels {
  readonly models: readonly IRegisteredModel[];
  readonly total: number;
  readonly missing: readonly string[];
  readonly mark: string;
  readonly unchanged: boolean;
}

/** The wish to register what a run made, as a new version of a name. */
export interface IRegisterModel {
  readonly run_id: string;
  readonly name: string;
  readonly description: string;
  readonly aliases: readonly string[];
}

/** What to change of a registered model; what is not given stays. */
export interface IChangeModel {
  readonly aliases?: Readonly<Record<string, number | null>>;
  readonly description?: string | null;
  readonly version?: number | null;
}

/** One metric of a run's model in one grouping. Where control features are, the stratum with the largest difference. */
export interface IFairnessGap {
  readonly metric: string;
  readonly label: string;
  readonly of_class: string;
  readonly better: 'higher' | 'lower' | '';
  readonly kind: 'share' | 'count' | 'value';
  readonly by: string;
  readonly stratum: string;
  readonly overall: Figure;
  readonly minimum: Figure;
  readonly maximum: Figure;
  readonly difference: Figure;
  readonly ratio: Figure;
  readonly low: Figure | null;
  readonly high: Figure | null;
}

/** A run's fairness report in short. Only summaries of the same `task` and `fingerprint` are about the same rows. */
export interface IFairnessSummary {
  readonly task: 'binary' | 'multiclass' | 'regression' | 'score';
  readonly made_at: string;
  readonly rows: number;
  readonly fingerprint: string;
  readonly model: string;
  readonly mitigator: string;
  readonly sensitive: readonly string[];
  readonly control: readonly string[];
  readonly min_group: number;
  readonly gaps: readonly IFairnessGap[];
  readonly total: number;
}

/** A run's explanation in short. Scores are comparable only where `measure` is the same. */
export interface IExplanationSummary {
  readonly method: string;
  readonly method_title: string;
  readonly task: 'binary' | 'multiclass' | 'regression' | 'clustering';
  readonly made_at: string;
  readonly rows: number;
  readonly fingerprint: string;
  readonly measure: string;
  readonly interval: string;
  readonly names: readonly string[];
  readonly scores: readonly Figure[];
  readonly low: readonly Figure[];
  readonly high: readonly Figure[];
  readonly total: number;
}

/** What a run keeps of reports. */
export interface IRunReports {
  readonly run_id: string;
  readonly fairness: IFairnessSummary | null;
  readonly explanation: IExplanationSummary | null;
  readonly problems: readonly string[];
}

/** One row, changed. */
export interface IWhatIfQuestion {
  readonly request: number;
  readonly channel: string;
  readonly row: number | null;
  readonly changes: Readonly<Record<string, Figure | null>>;
}

/** What the model says of it. */
export interface IWhatIfAnswer {
  readonly request: number;
  readonly predicted: readonly Figure[];
  readonly contributions: readonly (readonly Figure[])[];
  readonly problem: string;
  readonly gone: boolean;
}
