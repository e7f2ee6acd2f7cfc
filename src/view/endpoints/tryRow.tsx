/** Where a row is typed in and sent to an endpoint, and what it answers. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { FormEvent, useId, useMemo, useState } from 'react';

import { IEndpoint, IOnnxTensor } from '../../api/types';
import { FieldError, IField, bodyOf, fieldsOf, firstBody } from '../../model/endpointRow';
import { EndpointViewModel } from '../../model/endpointView';
import { formatFigure } from '../../model/format';
import { problemText } from '../../model/problemText';

interface ITryRowProps {
  readonly model: EndpointViewModel;
  readonly endpoint: IEndpoint;
  readonly trans: TranslationBundle;
  /** Hears the request that would be sent, for a command to copy. */
  readonly onBody: (body: string) => void;
}

/** See the module. A new version is a new form: it may take other columns. */
export function TryRow(props: ITryRowProps): JSX.Element {
  const { model, endpoint, trans, onBody } = props;
  const fields = useMemo(() => fieldsOf(endpoint), [endpoint.current, endpoint.inputs.length]);
  const [texts, setTexts] = useState<readonly string[]>(() =>
    fields.length ? fields.map(field => field.first) : [firstBody(endpoint)]
  );
  const [wrong, setWrong] = useState<IField | null>(null);
  const id = useId();
  const write = (at: number, text: string) => {
    const changed = texts.map((each, other) => (other === at ? text : each));
    setTexts(changed);
    setWrong(null);
    onBody(bodyIfRight(fields, changed));
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    try {
      const body = fields.length ? bodyOf(fields, texts) : texts[0]!;
      onBody(body);
      void model.ask(body);
    } catch (error) {
      if (!(error instanceof FieldError)) {
        throw error;
      }
      setWrong(error.field);
      document.getElementById(`${id}-${fields.indexOf(error.field)}`)?.focus();
    }
  };
  return (
    <form className="mlops-TryRow" aria-label={trans.__('A row to try')} onSubmit={send} noValidate>
      {fields.length ? (
        <div className="mlops-TryRow-fields">
          {fields.map((field, at) => (
            <Field
              key={field.name}
              id={`${id}-${at}`}
              field={field}
              text={texts[at] ?? ''}
              isWrong={wrong === field}
              write={text => write(at, text)}
            />
          ))}
        </div>
      ) : (
        <label className="mlops-TryRow-wide">
          {trans.__('The request, as JSON')}
          <textarea
            rows={8}
            spellCheck={false}
            value={texts[0]}
            onChange={event => write(0, event.target.value)}
          />
        </label>
      )}
      {wrong && (
        <p className="mlops-Notice mlops-mod-error" role="alert">
          {wrong.kind === 'whole'
            ? trans.__('“%1” is a whole number.', wrong.name)
            : trans.__('“%1” is a number.', wrong.name)}
        </p>
      )}
      <button className="jp-mod-styled jp-mod-accept" type="submit" disabled={model.isAsking}>
        {trans.__('Predict')}
      </button>
      <Answer {...props} />
    </form>
  );
}

function Field(props: {
  readonly id: string;
  readonly field: IField;
  readonly text: string;
  readonly isWrong: boolean;
  readonly write: (text: string) => void;
}): JSX.Element {
  const { id, field, text, isWrong, write } = props;
  return (
    <label className="mlops-TryRow-field">
      <bdi title={field.name}>{field.name}</bdi>
      {field.kind === 'flag' ? (
        <input
          id={id}
          type="checkbox"
          checked={text === 'true'}
          onChange={event => write(String(event.target.checked))}
        />
      ) : (
        <input
          id={id}
          type="text"
          autoComplete="off"
          inputMode={field.kind === 'text' ? 'text' : field.kind === 'whole' ? 'numeric' : 'decimal'}
          value={text}
          aria-invalid={isWrong || undefined}
          onChange={event => write(event.target.value)}
        />
      )}
    </label>
  );
}

/** What came back: each output of the row, and how long it took. */
function Answer({ model, endpoint, trans }: ITryRowProps): JSX.Element {
  const { answer, refusal } = model;
  const [first, ...others] = endpoint.outputs;
  return (
    <div className="mlops-TryRow-answer" role="status">
      {refusal !== null && (
        <p className="mlops-Notice mlops-mod-error">
          <bdi>{problemText(refusal, trans)}</bdi>
        </p>
      )}
      {answer && (
        <>
          <table aria-label={trans.__('The answer')}>
            <tbody>
              {first && <Values tensor={first} value={answer.predictions[0]} />}
              {others.map(tensor => (
                <Values key={tensor.name} tensor={tensor} value={answer.outputs[tensor.name]?.[0]} />
              ))}
            </tbody>
          </table>
          <p>{trans.__('answered in %1 ms', formatFigure(Number(answer.milliseconds.toPrecision(3))))}</p>
        </>
      )}
    </div>
  );
}

/** An output of one row: a figure, or one for each class. */
function Values({ tensor, value }: { readonly tensor: IOnnxTensor; readonly value: unknown }): JSX.Element {
  if (!Array.isArray(value) || value.length !== tensor.columns.length) {
    const only = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
    return <Value name={tensor.name} value={only} />;
  }
  return (
    <>
      {tensor.columns.map((column, at) => (
        <Value key={column} name={`${tensor.name} ${column}`} value={value[at]} />
      ))}
    </>
  );
}

function Value({ name, value }: { readonly name: string; readonly value: unknown }): JSX.Element {
  return (
    <tr>
      <th scope="row">
        <bdi>{name}</bdi>
      </th>
      <td title={String(value)}>
        <bdi>{textOf(value)}</bdi>
      </td>
    </tr>
  );
}

/** A figure with few digits, be it one of many; a text as it is. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(textOf).join(', ')}]`;
  }
  return typeof value === 'number'
    ? formatFigure(value)
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}

function bodyIfRight(fields: readonly IField[], texts: readonly string[]): string {
  try {
    return fields.length ? bodyOf(fields, texts) : texts[0]!;
  } catch {
    return ''; // A field is half typed: the request of before stays.
  }
}
