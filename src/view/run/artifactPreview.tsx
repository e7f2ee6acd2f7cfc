/** A look at a file: a picture, text, JSON or the first rows of a table. Nothing in it is ever executed. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useState } from 'react';

import { request } from '../../api/request';
import { RunApi } from '../../api/runs';
import { IArtifactEntry } from '../../api/types';
import { formatBytes, formatFileName } from '../../model/format';
import { readCsv } from '../../model/runViewTable';

const LARGEST_BYTES = 5_000_000;
const MOST_CHARACTERS = 200_000;
const MOST_ROWS = 200;
const PICTURES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

interface IPreviewProps {
  readonly entry: IArtifactEntry;
  readonly api: RunApi;
  readonly runId: string;
  readonly trans: TranslationBundle;
}

type Content = { readonly picture: string } | { readonly text: string } | { readonly problem: string };

/** See the module. */
export function ArtifactPreview(props: IPreviewProps): JSX.Element {
  const { entry, api, runId, trans } = props;
  const content = useContent(props);
  const name = formatFileName(entry.path);
  return (
    <div className="mlops-ArtifactPreview" role="region" aria-label={name}>
      <div className="mlops-ArtifactPreview-head">
        <bdi>{name}</bdi>
        <span className="mlops-Figure mlops-quiet">{formatBytes(entry.size)}</span>
        <a href={api.artifactUrl(runId, entry.path)} download rel="noopener">
          {trans.__('Download')}
        </a>
      </div>
      {content && <Shown {...props} content={content} />}
    </div>
  );
}

function Shown({ entry, trans, content }: IPreviewProps & { readonly content: Content }): JSX.Element {
  if ('problem' in content) {
    return <p className="mlops-quiet">{content.problem}</p>;
  }
  if (!entry.size) {
    return <p className="mlops-quiet">{trans.__('The file is empty.')}</p>;
  }
  if ('picture' in content) {
    return <img src={content.picture} alt={entry.path} />;
  }
  if (entry.preview === 'table') {
    return <CsvTable text={content.text} label={entry.path} />;
  }
  const text = entry.preview === 'json' ? indented(content.text) : content.text;
  return (
    <>
      <pre tabIndex={0}>{text.slice(0, MOST_CHARACTERS)}</pre>
      {text.length > MOST_CHARACTERS && (
        <p className="mlops-quiet">
          {trans.__('The rest is left out here; download the file to see all of it.')}
        </p>
      )}
    </>
  );
}

function CsvTable({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const [head, ...rows] = readCsv(text, MOST_ROWS);
  return (
    <table className="mlops-Table" aria-label={label}>
      <thead>
        <tr>
          {head?.map((cell, index) => (
            <th key={index} scope="col">
              <bdi>{cell}</bdi>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            {row.map((cell, at) => (
              <td key={at} className="mlops-Figure">
                <bdi>{cell}</bdi>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Fetch a file that may be looked at. */
function useContent({ entry, api, runId, trans }: IPreviewProps): Content | null {
  const [content, setContent] = useState<Content | null>(null);
  useEffect(() => {
    if (!entry.preview || entry.size > LARGEST_BYTES) {
      const text = entry.preview
        ? trans.__('Too large to be shown here.')
        : trans.__('Files of this kind are not shown here.');
      setContent({ problem: text });
      return;
    }
    const abort = new AbortController();
    let picture = '';
    const read = async (): Promise<Content> => {
      const response = await request(api.settings, api.artifactUrl(runId, entry.path), {
        signal: abort.signal
      });
      if (entry.preview !== 'image') {
        return { text: await response.text() };
      }
      const blob = await response.blob();
      if (!PICTURES.includes(blob.type)) {
        return { problem: trans.__('Files of this kind are not shown here.') };
      }
      picture = URL.createObjectURL(blob);
      return { picture };
    };
    read().then(
      found => !abort.signal.aborted && setContent(found),
      (error: Error) => !abort.signal.aborted && setContent({ problem: error.message })
    );
    return () => {
      abort.abort();
      if (picture) {
        URL.revokeObjectURL(picture);
      }
    };
  }, [entry, api, runId, trans]);
  return content;
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
