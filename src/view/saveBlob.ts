/** Hand a file to the browser's downloads. */

/** Save `blob` under `name`. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun; the address is not needed once this task is over.
  window.setTimeout(() => URL.revokeObjectURL(url), 0);
}
