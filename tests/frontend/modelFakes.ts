/** Registered models, made of what a story says. */

import { IModelVersion, IRegisteredModel, IRegisteredModels } from '../../src/api/types';
import { Answer, runId } from './fakes';

/** A version that is equal in ONNX, of a run that is here. */
export function version(
  name: string,
  number: number,
  aliases: readonly string[] = [],
  change: Partial<IModelVersion> = {}
): IModelVersion {
  return {
    name,
    version: number,
    aliases,
    description: '',
    tags: {},
    created_at: '2026-11-21T12:00:00+00:00',
    source: '/models',
    status: 'READY',
    run_id: runId(number),
    run_name: `run ${number}`,
    onnx_sha256: '',
    parity: { state: 'equal', rows: 3214, differing: 0 },
    ...change
  };
}

/** A model with versions, newest first. */
export function registered(name: string, ...versions: readonly IModelVersion[]): IRegisteredModel {
  return {
    model_id: [...name]
      .map(letter => letter.charCodeAt(0).toString(16))
      .join('')
      .padStart(32, '0')
      .slice(-32),
    home_id: '0123456789ab',
    name,
    description: '',
    tags: {},
    created_at: '',
    updated_at: '',
    versions,
    version_count: versions.length
  };
}

/** What the server tells of models. */
export function told(
  models: readonly IRegisteredModel[],
  change: Partial<IRegisteredModels> = {}
): IRegisteredModels {
  return {
    models,
    total: models.length,
    missing: [],
    mark: JSON.stringify(models),
    unchanged: false,
    ...change
  };
}

/** A server that has these, and says when they have not changed. */
export function having(models: () => readonly IRegisteredModel[]): Answer {
  return ({ path, query }) => {
    if (path !== 'models') {
      return {};
    }
    const all = told(models());
    const mark = query.get('mark');
    return mark === all.mark ? { ...all, models: [], unchanged: true } : all;
  };
}
