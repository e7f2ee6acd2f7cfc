/** A section below the list of runs: a head with a number, folded at first; what went wrong, and the content. */

import { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import React, { ReactNode, useId } from 'react';

import { RequestError } from '../../api/request';
import { problemText } from '../../model/problemText';

interface IFooterSectionProps {
  readonly title: string;
  /** How many there are; null before the server has answered. */
  readonly count: number | null;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  /** Why the server has not answered; null when all is well. */
  readonly problem: RequestError | null;
  readonly onRetry: () => void;
  readonly trans: TranslationBundle;
  readonly children: ReactNode;
}

/** See the module. */
export function FooterSection(props: IFooterSectionProps): JSX.Element {
  const { title, count, isOpen, problem, trans } = props;
  const body = useId();
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  return (
    <section aria-label={title}>
      <h3 className="mlops-FooterSection-title">
        <button
          className="mlops-FooterSection-toggle"
          aria-expanded={isOpen}
          aria-controls={body}
          onClick={props.onToggle}
        >
          <Caret.react tag="span" aria-hidden="true" />
          {title} <span className="mlops-FooterSection-count">{count ?? ''}</span>
        </button>
      </h3>
      <div id={body} className="mlops-FooterSection-body" hidden={!isOpen}>
        {isOpen && problem && (
          <div className="mlops-Notice mlops-mod-error" role="alert">
            <bdi>{problemText(problem, trans)}</bdi>{' '}
            <button className="mlops-linkButton" onClick={props.onRetry}>
              {trans.__('Try again')}
            </button>
          </div>
        )}
        {isOpen && props.children}
      </div>
    </section>
  );
}
