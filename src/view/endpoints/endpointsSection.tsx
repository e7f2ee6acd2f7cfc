/** The section of the sidebar that lists the endpoints. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IEndpoint } from '../../api/types';
import { EndpointsModel } from '../../model/endpoints';
import { WatchedSection } from '../footer/watchedSection';
import {
  EndpointState,
  endpointPace,
  endpointPaceBriefly,
  endpointRestarts,
  endpointRestartsBriefly
} from './endpointState';

/** What the section needs. */
export interface IEndpointsSectionProps {
  readonly model: EndpointsModel;
  readonly trans: TranslationBundle;
  /** Show one in a tab. */
  readonly onOpen: (name: string) => void;
  /** Offer what can be done with one, at a place of the page. */
  readonly onMenu: (endpoint: IEndpoint, left: number, top: number) => void;
  /** Stop one, after a question. */
  readonly onStop: (name: string) => void;
}

/** See the module. */
export function EndpointsSection(props: IEndpointsSectionProps): JSX.Element {
  const { model, trans } = props;
  return (
    <WatchedSection
      model={model}
      title={trans.__('Endpoints')}
      label={trans.__('Endpoints')}
      rowOf={each => ({
        key: `${each.home_id}/${each.name}`,
        name: each.name,
        hint: hintOf(each, trans),
        content: <Row endpoint={each} trans={trans} />
      })}
      empty={
        <>
          {trans.__('No endpoints yet. In a notebook:')} <code>%deploy best --to local -n NAME</code>
        </>
      }
      trans={trans}
      onOpen={({ name }) => props.onOpen(name)}
      onMenu={props.onMenu}
      onDelete={({ name }) => props.onStop(name)}
    />
  );
}

function hintOf({ figures, restarts }: IEndpoint, trans: TranslationBundle): string {
  return [endpointPace(figures, trans), endpointRestarts(restarts, trans)].filter(Boolean).join(' · ');
}

function Row(props: { readonly endpoint: IEndpoint; readonly trans: TranslationBundle }): JSX.Element {
  const { endpoint, trans } = props;
  const restarts = endpointRestartsBriefly(endpoint.restarts, trans);
  return (
    <>
      <EndpointState state={endpoint.state} trans={trans} />
      <bdi className="mlops-FooterRow-name">{endpoint.name}</bdi>
      <span className="mlops-FooterRow-fact">{trans.__('v%1', endpoint.current)}</span>
      {restarts && <span className="mlops-FooterRow-fact">{restarts}</span>}
      <span className="mlops-FooterRow-fact">{endpointPaceBriefly(endpoint.figures, trans)}</span>
    </>
  );
}
