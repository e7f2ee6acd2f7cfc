/** The models that the run has logged, and its export: what each is, what goes in and what comes out. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useState } from 'react';

import { formatBytes, formatTime } from '../../model/format';
import { IModelDescription, IModelField, findModels, mayHaveModels } from '../../model/runViewModels';
import { FactTable, IFact, Section, textFacts } from './facts';
import { ReportTab } from './reportTab';
import type { ITabProps } from './runView';

/** See the module. */
export function ModelTab(props: ITabProps): JSX.Element {
  const { model } = props;
  const hasExport = model.hasReport('onnx');
  return (
    <>
      {hasExport && <ReportTab {...props} kind="onnx" />}
      {(!hasExport || mayHaveModels(model.artifacts)) && <LoggedModels {...props} />}
    </>
  );
}

function LoggedModels({ model, around }: ITabProps): JSX.Element {
  const { trans } = around;
  const { runId, artifacts } = model;
  const { api } = model.manager;
  const [models, setModels] = useState<readonly IModelDescription[] | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    const abort = new AbortController();
    findModels(api, runId, artifacts, abort.signal).then(
      found => !abort.signal.aborted && (setModels(found), setProblem('')),
      (error: Error) => !abort.signal.aborted && setProblem(error.message)
    );
    return () => abort.abort();
  }, [api, runId, artifacts]);
  if (problem) {
    return (
      <p role="alert" className="mlops-Notice">
        {problem}
      </p>
    );
  }
  if (!models?.length) {
    return (
      <p role="status" className="mlops-ModelTab mlops-quiet">
        {models
          ? trans.__('No model here says what it is: look at the files among the artifacts.')
          : trans.__('Reading the models…')}
      </p>
    );
  }
  return (
    <div className="mlops-ModelTab">
      {models.map(each => (
        <Model key={each.path} model={each} onFiles={() => model.setTab('artifacts')} trans={trans} />
      ))}
    </div>
  );
}

function Model(props: {
  readonly model: IModelDescription;
  readonly onFiles: () => void;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { model, onFiles, trans } = props;
  const { inputs, outputs, params } = model;
  const files = (
    <button className="mlops-linkButton" onClick={onFiles}>
      <bdi>{model.path}</bdi>
    </button>
  );
  const facts: readonly (IFact | null)[] = [
    model.size === null
      ? null
      : {
          name: trans.__('Size'),
          value: formatBytes(model.size),
          title: trans.__('%1 bytes', model.size)
        },
    model.createdAt
      ? { name: trans.__('Logged'), value: formatTime(model.createdAt), title: model.createdAt }
      : null,
    ...textFacts(model.facts),
    { name: trans.__('Files'), value: files }
  ];
  return (
    <div className="mlops-ModelTab-model" role="group" aria-label={model.flavor}>
      <Section title={model.flavor || trans.__('Model')}>
        <FactTable label={trans.__('Model')} facts={facts.filter((fact): fact is IFact => fact !== null)} />
      </Section>
      <Fields title={trans.__('Goes in')} fields={inputs} trans={trans} />
      <Fields title={trans.__('Comes out')} fields={outputs} trans={trans} />
      <Fields title={trans.__('Parameters of predicting')} fields={params} trans={trans} />
      {!inputs && !outputs && (
        <p className="mlops-quiet">
          {trans.__('Logged without a signature. To have one: log_model(…, input_example=X.head()).')}
        </p>
      )}
    </div>
  );
}

function Fields(props: {
  readonly title: string;
  readonly fields: readonly IModelField[] | null;
  readonly trans: TranslationBundle;
}): JSX.Element | null {
  const { title, fields, trans } = props;
  if (!fields?.length) {
    return null;
  }
  return (
    <Section title={title}>
      <table className="mlops-Table" aria-label={title}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Name')}</th>
            <th scope="col">{trans.__('Type')}</th>
            <th scope="col">{trans.__('Required')}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field, index) => (
            <tr key={index}>
              <th scope="row">
                <code>
                  <bdi>{field.name || '–'}</bdi>
                </code>
              </th>
              <td>
                <bdi>{field.type}</bdi>
              </td>
              <td>{field.isRequired ? trans.__('yes') : trans.__('no')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
