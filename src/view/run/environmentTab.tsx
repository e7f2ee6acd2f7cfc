/** Where it ran: machine, packages, the state of random number generators. */

import React, { useState } from 'react';

import { FactTable, Section, textFacts } from './facts';
import type { ITabProps } from './runView';

/** From so many packages on there is a field to look for one. */
const MANY = 15;

/** See the module. */
export function EnvironmentTab({ model, around }: ITabProps): JSX.Element | null {
  const { detail } = model;
  const { trans } = around;
  const [wanted, setWanted] = useState('');
  if (!detail) {
    return null;
  }
  const [machine, seeds, packages] = [detail.machine, detail.seeds, detail.packages].map(textFacts);
  const shown = (packages ?? []).filter(fact =>
    fact.name.toLowerCase().includes(wanted.trim().toLowerCase())
  );
  return (
    <div className="mlops-EnvironmentTab">
      {machine && machine.length > 0 && (
        <Section title={trans.__('Machine')}>
          <FactTable label={trans.__('Machine')} facts={machine} />
        </Section>
      )}
      {seeds && seeds.length > 0 && (
        <Section title={trans.__('Random state')}>
          <FactTable label={trans.__('Random state')} facts={seeds} />
        </Section>
      )}
      {packages && packages.length > 0 && (
        <Section title={trans._n('%1 package', '%1 packages', packages.length)}>
          {packages.length > MANY && (
            <input
              type="search"
              className="jp-mod-styled"
              placeholder={trans.__('Find a package')}
              aria-label={trans.__('Find a package')}
              value={wanted}
              onChange={event => setWanted(event.target.value)}
            />
          )}
          <FactTable label={trans.__('Packages')} facts={shown} />
        </Section>
      )}
    </div>
  );
}
