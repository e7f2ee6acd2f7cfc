/** Tables of names and values: the run view's commonest sight. */

import React, { ReactNode } from 'react';

import { Figure } from '../../api/types';
import { formatFigure } from '../../model/format';

/** A section with a heading. Nothing at all when it is empty. */
export function Section(props: {
  readonly title: string;
  readonly children: ReactNode;
  readonly isWide?: boolean;
}): JSX.Element {
  return (
    <section className={props.isWide ? 'mlops-Section mlops-mod-wide' : 'mlops-Section'}>
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}

/** A name and its value; `title` is what hovering says. */
export interface IFact {
  readonly name: string;
  readonly value: ReactNode;
  readonly title?: string;
  readonly isFigure?: boolean;
  /** Whether the name is one of the code. */
  readonly isCode?: boolean;
}

/** Names and values, one a line. */
export function FactTable(props: { readonly label: string; readonly facts: readonly IFact[] }): JSX.Element {
  return (
    <table className="mlops-FactTable" aria-label={props.label}>
      <tbody>
        {props.facts.map(fact => (
          <tr key={fact.name}>
            <th scope="row">
              {fact.isCode ? (
                <code>
                  <bdi>{fact.name}</bdi>
                </code>
              ) : (
                <bdi>{fact.name}</bdi>
              )}
            </th>
            <td className={fact.isFigure ? 'mlops-Figure' : undefined} title={fact.title}>
              {typeof fact.value === 'string' ? <bdi>{fact.value}</bdi> : fact.value}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Texts by their names. */
export function textFacts(record: Readonly<Record<string, string>>): readonly IFact[] {
  return Object.entries(record).map(([name, value]) => ({ name, value, title: value }));
}

/** Figures by their names: short, the whole figure on hover. */
export function figureFacts(record: Readonly<Record<string, Figure>>): readonly IFact[] {
  return Object.entries(record).map(([name, value]) => ({
    name,
    value: formatFigure(value),
    title: String(value),
    isFigure: true
  }));
}
