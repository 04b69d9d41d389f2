"""The npm package dicomweb-client, which viewers are built on, in Chromium, on the origin of a running hub: signs in, finds a
CT, and takes its metadata, an instance, frames and a picture.
"""

import argparse
import json
import pathlib
import sys

from browser import chromium, user_of

LIBRARY = pathlib.Path(__file__).parent / "dcmjs/node_modules/dicomweb-client/build/dicomweb-client.js"

SIGN_IN = """async (user) => {
  const body = JSON.stringify({ name: user.name, password: user.password });
  const answer = await fetch('/api/sign-in', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  return answer.status;
}"""

WALK = """async () => {
  const { api } = window.DICOMwebClient;
  const client = new api.DICOMwebClient({ url: `${location.origin}/dicomweb`, singlepart: '' });
  const value = (row, tag) => row[tag]?.Value?.[0];
  const told = {};
  const studies = await client.searchForStudies({ queryParams: { ModalitiesInStudy: 'CT', limit: 5 } });
  told.studies = studies.length;
  const studyInstanceUID = value(studies[0], '0020000D');
  const series = await client.searchForSeries({ studyInstanceUID });
  const ct = series.find((row) => value(row, '00080060') === 'CT');
  const seriesInstanceUID = value(ct, '0020000E');
  const metadata = await client.retrieveSeriesMetadata({ studyInstanceUID, seriesInstanceUID });
  told.instances = [value(ct, '00201209'), metadata.length];
  const one = metadata[0];
  const ids = { studyInstanceUID, seriesInstanceUID, sopInstanceUID: value(one, '00080018') };
  const file = new Uint8Array(await client.retrieveInstance(ids));
  told.file = String.fromCharCode(...file.slice(128, 132));
  const frames = await client.retrieveInstanceFrames({ ...ids, frameNumbers: [1] });
  told.frame = [frames.length, frames[0].byteLength];
  told.expected = value(one, '00280010') * value(one, '00280011') * value(one, '00280100') / 8;
  const rendered = await client.retrieveInstanceRendered({ ...ids, mediaTypes: [{ mediaType: 'image/png' }] });
  const picture = new Uint8Array(Array.isArray(rendered) ? rendered[0] : rendered);
  told.picture = [...picture.slice(0, 4)];
  const whole = await client.retrieveSeries({ studyInstanceUID, seriesInstanceUID });
  told.whole = whole.length;
  return told;
}"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ready", required=True)
    ready = json.loads(pathlib.Path(parser.parse_args().ready).read_text())
    with chromium() as browser:
        # the hub's own pages run no foreign script, which a viewer with an origin of its own is
        page = browser.new_context(ignore_https_errors=True, bypass_csp=True).new_page()
        page.goto(ready["hub"]["web"])
        assert page.evaluate(SIGN_IN, user_of(ready, "radiologist")) == 200, "nobody signs in"
        page.add_script_tag(path=str(LIBRARY))
        told = page.evaluate(WALK)
    assert told["studies"] > 0 and told["file"] == "DICM", told
    assert told["instances"][0] == told["instances"][1] == told["whole"], told
    assert told["frame"] == [1, told["expected"]], told
    assert told["picture"] == [0x89, 0x50, 0x4E, 0x47], told
    print(f"dicomweb-client of npm: {told['studies']} studies, {told['whole']} instances, a frame of {told['frame'][1]} bytes")


if __name__ == "__main__":
    sys.exit(main())
