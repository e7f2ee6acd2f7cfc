/** The file of a model: kept by its run, else beside the notebook. What is not the file that was compared is not used. */

import { PathExt } from '@jupyterlab/coreutils';
import { Contents, ServerConnection } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';

import { isRunId } from '../api/guards';
import { apiUrl, request } from '../api/request';
import { IModelFiles, IWantedFile } from '../widgets/report/host';

/** Larger ones would stop the page for seconds. */
const LARGEST_BYTES = 200_000_000;

/** Where a run keeps it, below its artifacts. */
const ARTIFACT = 'onnx/model.onnx';

/** Where files may be found. */
export interface IPlaces {
  readonly settings: ServerConnection.ISettings;
  /** Files of the server, where the report stands in a notebook. */
  readonly contents?: Pick<Contents.IManager, 'get'>;
  /** The notebook's path, when it is asked for. */
  readonly notebook?: () => string | undefined;
  readonly trans: TranslationBundle;
}

/** See the module. */
export class ModelFiles implements IModelFiles {
  /** Look in these places, each time anew. */
  constructor(private readonly _places: IPlaces) {}

  /** See `IModelFiles`. */
  async find(wanted: IWantedFile): Promise<Uint8Array> {
    const { trans } = this._places;
    if (wanted.size > LARGEST_BYTES) {
      throw new Error(trans.__('The file is too large to be tried in the browser (200 MB at most).'));
    }
    if (!globalThis.crypto?.subtle) {
      throw new Error(
        trans.__(
          'The browser can tell only over https, or on localhost, whether a file is the one that was compared.'
        )
      );
    }
    let isOther = false;
    for (const read of [() => this._ofRun(wanted), () => this._beside(wanted)]) {
      const bytes = await read();
      if (bytes && (await digest(bytes)) === wanted.sha256) {
        return bytes;
      }
      isOther ||= bytes !== null;
    }
    throw new Error(
      isOther
        ? trans.__('The file is no longer the one that was compared. Export the model again.')
        : trans.__(
            'The file is not here: no run of this server keeps it, and it is not where it was written.'
          )
    );
  }

  private async _ofRun({ runId }: IWantedFile): Promise<Uint8Array | null> {
    if (!isRunId(runId)) {
      return null;
    }
    const { settings } = this._places;
    try {
      const url = apiUrl(settings, ['runs', runId, 'artifacts', 'content'], { path: ARTIFACT });
      return new Uint8Array(await (await request(settings, url)).arrayBuffer());
    } catch {
      return null; // Another server's run, or one that was deleted: the notebook may still have the file.
    }
  }

  private async _beside({ path }: IWantedFile): Promise<Uint8Array | null> {
    const { contents, notebook } = this._places;
    const around = notebook?.();
    if (!contents || around === undefined || !path || path.startsWith('/') || path.startsWith('~')) {
      return null; // Absolute paths are the kernel's; the server knows what lies below its root.
    }
    const place = PathExt.join(PathExt.dirname(around), path);
    if (place.startsWith('..')) {
      return null;
    }
    try {
      const file = await contents.get(place, { type: 'file', format: 'base64', content: true });
      return Uint8Array.from(atob(String(file.content)), letter => letter.charCodeAt(0));
    } catch {
      return null; // Not there, or not for this user.
    }
  }
}

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash].map(byte => byte.toString(16).padStart(2, '0')).join('');
}
