/** An endpoint's state as icon and word; its figures and its restarts in a line. */

import { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IEndpoint, IEndpointFigures, IEndpointRestarts } from '../../api/types';
import { failedIcon, finishedIcon, killedIcon, scheduledIcon } from '../../icons';
import { formatFigure } from '../../model/format';

type State = IEndpoint['state'];

const ICONS: Readonly<Record<State, LabIcon>> = {
  running: finishedIcon,
  starting: scheduledIcon,
  stopped: killedIcon,
  down: failedIcon
};

/** The word for a state. */
function endpointStateWord(state: State, trans: TranslationBundle): string {
  switch (state) {
    case 'running':
      return trans.__('Running');
    case 'starting':
      return trans.__('Starting');
    case 'stopped':
      return trans.__('Stopped');
    case 'down':
      return trans.__('Down');
  }
}

/** See the module. */
export function EndpointState(props: {
  readonly state: State;
  readonly trans: TranslationBundle;
  readonly withWord?: boolean;
}): JSX.Element {
  const { state, trans, withWord } = props;
  const icon = ICONS[state];
  const word = endpointStateWord(state, trans);
  return (
    <span className="mlops-State" title={withWord ? undefined : word}>
      <icon.react tag="span" className="mlops-State-icon" aria-hidden="true" />
      <span className={withWord ? 'mlops-State-word' : 'mlops-visuallyHidden'}>{word}</span>
    </span>
  );
}

/** Requests a second and latency; that nobody has asked, where nobody has. */
export function endpointPace(figures: IEndpointFigures, trans: TranslationBundle): string {
  if (!figures.requests) {
    return trans.__('not asked yet');
  }
  const pace = trans.__(
    '%1/s · p50 %2 ms · p95 %3 ms',
    formatFigure(Number(figures.per_s.toPrecision(2))),
    formatFigure(Number((figures.p50_s * 1000).toPrecision(3))),
    formatFigure(Number((figures.p95_s * 1000).toPrecision(3)))
  );
  return figures.errors ? `${pace} · ${endpointErrors(figures, trans)}` : pace;
}

/** How many requests were refused or failed, of how many. */
function endpointErrors({ errors, requests }: IEndpointFigures, trans: TranslationBundle): string {
  return trans.__('%1 of %2 requests failed', errors.toLocaleString(), requests.toLocaleString());
}

/** Requests a second and median latency, or how many failed, where there is little room. */
export function endpointPaceBriefly(figures: IEndpointFigures, trans: TranslationBundle): string {
  if (!figures.requests) {
    return '';
  }
  const pace = formatFigure(Number(figures.per_s.toPrecision(2)));
  return figures.errors
    ? trans.__('%1/s · %2 failed', pace, figures.errors.toLocaleString())
    : trans.__('%1/s · %2 ms', pace, formatFigure(Number((figures.p50_s * 1000).toPrecision(2))));
}

/** How often it was started again unasked, and why; empty where it was not. */
export function endpointRestarts(
  { count, cause, given_up }: IEndpointRestarts,
  trans: TranslationBundle
): string {
  if (!count) {
    return '';
  }
  return given_up
    ? trans._n('given up after %1 restart: %2', 'given up after %1 restarts: %2', count, cause)
    : trans._n('restarted %1 time: %2', 'restarted %1 times: %2', count, cause);
}

/** The same where there is little room: without the cause. */
export function endpointRestartsBriefly(
  { count, given_up }: IEndpointRestarts,
  trans: TranslationBundle
): string {
  if (!count) {
    return '';
  }
  return given_up ? trans.__('given up') : trans._n('%1 restart', '%1 restarts', count);
}
