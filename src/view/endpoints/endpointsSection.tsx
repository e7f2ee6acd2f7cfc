/** The section of the sidebar that lists the endpoints. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';

import { IEndpoint } from '../../api/types';
import { EndpointsModel } from '../../model/endpoints';
import { FooterRows } from '../footer/footerRows';
import { FooterSection } from '../footer/footerSection';
import { useSignal } from '../hooks';
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
  useSignal(model.changed);
  const [isOpen, setOpen] = useState(false);
  const { items, isReady, problem } = model;
  return (
    <FooterSection
      title={trans.__('Endpoints')}
      count={isReady ? items.length : null}
      isOpen={isOpen}
      onToggle={() => setOpen(!isOpen)}
      problem={problem}
      onRetry={() => void model.refresh()}
      trans={trans}
    >
      {items.length > 0 ? (
        <FooterRows
          rows={items.map(each => ({
            key: `${each.home_id}/${each.name}`,
            name: each.name,
            hint: hintOf(each, trans),
            content: <Row endpoint={each} trans={trans} />
          }))}
          label={trans.__('Endpoints')}
          trans={trans}
          onOpen={key => props.onOpen(nameIn(key))}
          onMenu={(key, left, top) => {
            const endpoint = model.find(nameIn(key));
            if (endpoint) {
              props.onMenu(endpoint, left, top);
            }
          }}
          onDelete={key => props.onStop(nameIn(key))}
        />
      ) : (
        <Nothing model={model} trans={trans} />
      )}
    </FooterSection>
  );
}

function hintOf({ figures, restarts }: IEndpoint, trans: TranslationBundle): string {
  return [endpointPace(figures, trans), endpointRestarts(restarts, trans)].filter(Boolean).join(' · ');
}

/** A name has no slash. */
function nameIn(key: string): string {
  return key.slice(key.indexOf('/') + 1);
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

function Nothing(props: { readonly model: EndpointsModel; readonly trans: TranslationBundle }): JSX.Element {
  const { model, trans } = props;
  if (!model.isReady) {
    return (
      <p className="mlops-FooterSection-empty" role="status">
        {model.problem === null && trans.__('Loading…')}
      </p>
    );
  }
  return (
    <p className="mlops-FooterSection-empty" role="status">
      {trans.__('No endpoints yet. In a notebook:')} <code>%deploy best --to local -n NAME</code>
    </p>
  );
}
