// The DICOM JSON model (PS3.18 annex F), read defensively: an attribute may be absent, empty, or of an odd type.

export const TAG = {
  studyDate: '00080020', studyTime: '00080030', accession: '00080050', modality: '00080060', modalities: '00080061',
  studyDescription: '00081030', seriesDescription: '0008103E', patientName: '00100010', patientId: '00100020',
  birthDate: '00100030', issuer: '00100021', sex: '00100040', sopInstance: '00080018', studyUid: '0020000D', seriesUid: '0020000E',
  seriesNumber: '00200011', instanceNumber: '00200013', seriesCount: '00201206', instanceCount: '00201208',
  instancesInSeries: '00201209', frames: '00280008', rows: '00280010', columns: '00280011',
};

// Objects that are no pictures: asking for one would only fail.
const NOT_IMAGES = new Set([
  'SR', 'PR', 'KO', 'DOC', 'ECG', 'EPS', 'HD', 'RESP', 'AU', 'RTSTRUCT', 'RTPLAN', 'RTRECORD', 'REG', 'SEG', 'ANN',
  'FID', 'RWV', 'PLAN', 'SMR', 'STAIN', 'TEXTUREMAP', 'M3D', 'OPTENT', 'KER', 'SRF', 'LEN', 'VA', 'ASMT',
]);

/** Values of an attribute as texts. */
export function texts(row, tag) {
  const values = row?.[tag]?.Value;
  return Array.isArray(values) ? values.filter((value) => value !== null && typeof value !== 'object').map(String) : [];
}

/** First value of an attribute; empty when there is none. */
export function text(row, tag) {
  return texts(row, tag)[0]?.trim() ?? '';
}

/** First value as a whole number; `otherwise` when it is none. */
export function integer(row, tag, otherwise = 0) {
  const value = Number.parseInt(text(row, tag), 10);
  return Number.isFinite(value) ? value : otherwise;
}

/** Modalities of a study or series. */
export function modalities(row) {
  const list = texts(row, TAG.modalities);
  return list.length > 0 ? list : texts(row, TAG.modality);
}

/** Whether anything of these modalities is a picture. */
export function hasPictures(list) {
  return list.length === 0 || list.some((modality) => !NOT_IMAGES.has(modality));
}

/** A patient's name (PN): what to show large, and another writing of it beside. Both empty when there is none. */
export function personName(row) {
  const value = row?.[TAG.patientName]?.Value?.[0];
  const groups = typeof value === 'string' ? { Alphabetic: value } : value ?? {};
  const ideographic = readable(groups.Ideographic);
  const alphabetic = readable(groups.Alphabetic);
  if (!ideographic) return { main: alphabetic, beside: '' };
  return { main: ideographic, beside: alphabetic === ideographic ? '' : alphabetic };
}

/** Family name first; East Asian names without a space, others with a comma (PS3.5 6.2.1.1: family^given^middle^prefix^suffix). */
function readable(group) {
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = String(group ?? '').split('^').map((part) => part.trim());
  if (/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|[\ud840-\ud87f]/.test(group ?? '')) {
    return [family, given, middle].join('');
  }
  return [family, [prefix, given, middle, suffix].filter(Boolean).join(' ')].filter(Boolean).join(', ');
}

/** Path of a resource; UIDs from a row or an address are escaped, whatever they hold. */
export function path(study, series, instance) {
  let out = `/dicomweb/studies/${encodeURIComponent(study)}`;
  if (series) out += `/series/${encodeURIComponent(series)}`;
  if (instance) out += `/instances/${encodeURIComponent(instance)}`;
  return out;
}
