/** The search: a combobox that completes keys and states, and says where a query is wrong. */

import { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import React, { useId, useState } from 'react';

import { CompletionKind, ICompletion, complete } from '../model/completion';
import { ExplorerModel } from '../model/explorer';

/** See the module. */
export function SearchField(props: {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly input: React.RefObject<HTMLInputElement>;
  readonly onLeave: () => void;
}): JSX.Element {
  const { model, trans, input } = props;
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const caret = input.current?.selectionStart ?? model.query.length;
  const { from, items } = complete(model.query, caret, model.columns);
  const shown = isOpen ? items : [];
  const isWrong = model.problem?.status === 400;

  const accept = (item: ICompletion) => {
    const text = model.query.slice(0, from) + item.insert;
    model.setQuery(text + model.query.slice(caret).trimStart());
    setChosen(-1);
    requestAnimationFrame(() => input.current?.setSelectionRange(text.length, text.length));
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const item = shown[chosen];
    if (step && shown.length) {
      // From the field itself, up leads to the last one.
      const start = chosen < 0 && step < 0 ? shown.length : chosen;
      setChosen((start + step + shown.length) % shown.length);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && item) {
      accept(item);
    } else if (event.key === 'Escape' && shown.length) {
      setOpen(false);
    } else if (event.key === 'Enter' || event.key === 'ArrowDown') {
      setOpen(false);
      props.onLeave();
    } else if (event.key === 'Escape') {
      model.setQuery('');
      props.onLeave();
    } else if (event.key === '/' && !model.query) {
      // The key that leads here, typed once more: no search begins with it.
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="mlops-Search">
      <div className={`mlops-Search-box ${isWrong ? 'mlops-mod-wrong' : ''}`}>
        <input
          ref={input}
          type="text"
          role="combobox"
          spellCheck={false}
          aria-label={trans.__('Search runs')}
          aria-expanded={shown.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={shown[chosen] ? `${id}-${chosen}` : undefined}
          aria-invalid={isWrong}
          placeholder={trans.__('Search: acc > 0.9 and state:failed')}
          value={model.query}
          onChange={event => {
            setOpen(true);
            setChosen(-1);
            model.setQuery(event.currentTarget.value);
          }}
          onFocus={() => void model.loadColumns()}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        {model.query && (
          <button
            className="mlops-plainButton mlops-Search-clear"
            title={trans.__('Clear the search')}
            aria-label={trans.__('Clear the search')}
            onClick={() => {
              model.setQuery('');
              input.current?.focus();
            }}
          >
            <closeIcon.react tag="span" />
          </button>
        )}
      </div>
      <Suggestions id={id} items={shown} chosen={chosen} accept={accept} trans={trans} />
    </div>
  );
}

function Suggestions(props: {
  readonly id: string;
  readonly items: readonly ICompletion[];
  readonly chosen: number;
  readonly accept: (item: ICompletion) => void;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { id, items, chosen, accept, trans } = props;
  return (
    <ul
      id={`${id}-list`}
      className="mlops-Search-list"
      role="listbox"
      aria-label={trans.__('Completions')}
      hidden={!items.length}
    >
      {items.map((item, index) => (
        <li
          key={`${item.kind}.${item.label}`}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          className={index === chosen ? 'mlops-mod-active' : ''}
          onMouseDown={event => {
            event.preventDefault(); // The field keeps the focus.
            accept(item);
          }}
        >
          <bdi>{item.label}</bdi>
          <span>{kindWord(item.kind, trans)}</span>
        </li>
      ))}
    </ul>
  );
}

function kindWord(kind: CompletionKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'metric':
      return trans.__('metric');
    case 'param':
      return trans.__('parameter');
    case 'tag':
      return trans.__('tag');
    case 'field':
      return trans.__('field');
    case 'state':
      return trans.__('state');
    case 'experiment':
      return trans.__('experiment');
    case 'word':
      return trans.__('word');
  }
}
