// Links to the full viewer, which has an origin of its own; hidden while nobody says where it is.

let base = '';

/** Where the full viewer is, as the hub says; nothing else than a web address is believed. */
export function viewerIs(address) {
  base = /^https?:\/\//.test(address ?? '') ? address.replace(/\/$/, '') : '';
}

/** Whether there is one. */
export function hasViewer() {
  return base !== '';
}

/** The address of some studies in OHIF: one alone, two or more side by side, the first beside its priors. Slides have a mode
    of their own there. */
export function viewerAddress(uids, modalities = []) {
  const studies = uids.map(encodeURIComponent).join(',');
  const mode = modalities.includes('SM') ? 'microscopy' : 'viewer';
  const language = document.documentElement.lang === 'zh-CN' ? 'zh' : 'en-US';
  // OHIF's own protocol for a study and a prior of it.
  const beside = uids.length === 2 ? '&hangingprotocolId=@ohif/hpCompare' : '';
  return `${base}/${mode}?StudyInstanceUIDs=${studies}${beside}&lng=${language}`;
}

/** Opens studies in a window of their own; whether there was a viewer to open them in. */
export function openViewer(uids, modalities = []) {
  if (!hasViewer() || uids.length === 0) return false;
  window.open(viewerAddress(uids, modalities), '_blank', 'noopener,noreferrer');
  return true;
}
