/** The user's note about a run: Markdown, shown by JupyterLab and cleaned further, and a field to write it. */

import React, { useEffect, useRef, useState } from 'react';

import { noteSanitizer } from './noteSanitizer';
import { Section } from './facts';
import type { ITabProps } from './runView';

const MARKDOWN = 'text/markdown';

/** See the module. */
export function NoteBox(props: ITabProps & { readonly note: string }): JSX.Element {
  const { model, around, note } = props;
  const { trans } = around;
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  const save = async (text: string) => {
    try {
      await model.change({ note: text });
      setDraft(null);
      setProblem('');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  if (draft === null) {
    return (
      <Section title={trans.__('Note')} isWide>
        {note && <Rendered {...props} />}
        <button className="mlops-linkButton" onClick={() => setDraft(note)}>
          {note ? trans.__('Edit note') : trans.__('Say why this ran…')}
        </button>
      </Section>
    );
  }
  return (
    <Section title={trans.__('Note')} isWide>
      <textarea
        className="jp-mod-styled mlops-NoteEditor"
        aria-label={trans.__('Note, Markdown')}
        rows={6}
        autoFocus
        value={draft}
        onChange={event => setDraft(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            setDraft(null);
          } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            void save(draft);
          }
        }}
      />
      {problem && <p role="alert">{problem}</p>}
      <div className="mlops-NoteBox-buttons">
        <button className="jp-mod-styled jp-mod-accept" onClick={() => void save(draft)}>
          {trans.__('Save')}
        </button>
        <button className="jp-mod-styled" onClick={() => setDraft(null)}>
          {trans.__('Cancel')}
        </button>
      </div>
    </Section>
  );
}

function Rendered({ around, note }: ITabProps & { readonly note: string }): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const { rendermime } = around;
  useEffect(() => {
    const registry = rendermime.clone({ sanitizer: noteSanitizer(rendermime.sanitizer) });
    const renderer = registry.createRenderer(MARKDOWN);
    let isShown = true;
    const model = registry.createModel({ data: { [MARKDOWN]: note }, trusted: false });
    void renderer.renderModel(model).then(() => isShown && host.current?.replaceChildren(renderer.node));
    return () => {
      isShown = false;
      renderer.dispose();
    };
  }, [rendermime, note]);
  return <div ref={host} className="mlops-NoteBox-text" />;
}
