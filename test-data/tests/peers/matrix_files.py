"""The files of the matrix of peers, one in each transfer syntax, and what became of one on its way.

A cell of the matrix is `as sent` (the same pixel data in the same transfer syntax), `explicit` or `implicit` (made over to that, the same
pixels), `-` (the peer has no such transfer syntax) or a sentence that says why it did not come.
"""

import json
import pathlib
import sys

import imagecodecs
import numpy
import pydicom
from pydicom.encaps import generate_frames
from pydicom.uid import UID

# the column, the file below the shared cases, and DCMTK's letter for "propose" and "prefer", where it has one
FILES = [
    ("implicit", "curated/syntax/MR_small_implicit.dcm", "i"),
    ("explicit", "curated/image/mf.dcm", "e"),
    ("big endian", "curated/syntax/ExplVR_BigEnd.dcm", "b"),
    ("deflated", "curated/syntax/image_dfl.dcm", "d"),
    ("RLE", "curated/syntax/OBXXXX1A_rle.dcm", "r"),
    ("JPEG 8 bit", "curated/syntax/SC_rgb_jpeg_dcmtk.dcm", "y"),
    ("JPEG 12 bit", "curated/syntax/XA1_JPLY", "x"),
    ("JPEG lossless", "curated/syntax/JPEG-LL.dcm", "s"),
    ("JPEG-LS", "curated/syntax/emri_small_jpeg_ls_lossless.dcm", "t"),
    ("JPEG-LS near", "curated/syntax/MR4_JLSN", "u"),
    ("J2K lossless", "curated/syntax/CT1_J2KR", "v"),
    ("J2K", "curated/syntax/US1_J2KI.dcm", "w"),
    ("HTJ2K", "constructed/codec/htj2k-lossless.dcm", None),
    ("JPEG XL", "constructed/codec/jxl-lossless.dcm", None),
    ("MPEG-2", "constructed/codec/video-mpeg2.dcm", "m"),
    ("H.264", "constructed/codec/video-h264-hp41.dcm", "n"),
]
OPTIONS = dict(word.split("=", 1) for word in sys.argv[2:])
CASES = pathlib.Path(OPTIONS["cases"])
# coded with loss: two decoders need not agree to the bit
LOSSY = {"JPEG 8 bit", "JPEG 12 bit", "JPEG-LS near", "J2K"}
DECODERS = {"1.2.840.10008.1.2.4.51": imagecodecs.jpeg_decode, "1.2.840.10008.1.2.4.110": imagecodecs.jpegxl_decode}
MADE = {"1.2.840.10008.1.2.1": "explicit", "1.2.840.10008.1.2": "implicit"}


class File:
    """One of the files, with what a peer has to know of it."""

    def __init__(self, column, name, letter):
        self.column, self.path, self.letter = column, CASES / name, letter
        self.data_set = pydicom.dcmread(self.path)
        self.syntax = UID(self.data_set.file_meta.TransferSyntaxUID)
        self.sop_class, self.instance = self.data_set.SOPClassUID, str(self.data_set.SOPInstanceUID)
        self.place = {key: str(self.data_set[key].value) for key in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")}

    def judged(self, got, told="nothing was said"):
        """The cell of what came: a data set with its file meta information, or None; `told` is what was said of the whole."""
        if got is None:
            return f"did not come: {told}"
        syntax = str(got.file_meta.TransferSyntaxUID)
        if str(got.SOPInstanceUID) != self.instance:
            return f"another instance came: {got.SOPInstanceUID}"
        if syntax == self.syntax:
            same = got.PixelData.rstrip(b"\0") == self.data_set.PixelData.rstrip(b"\0")
            return "as sent" if same else "other pixel data came"
        if syntax not in MADE:
            return f"came in {syntax}"
        return MADE[syntax] if self.shows_the_same(got) else f"other pixels came in {MADE[syntax]}"

    def shows_the_same(self, got):
        """Whether decoded pixels are those of the file; of what is coded with loss nearly."""
        ours, theirs = (decoded(one).astype("int64") for one in (self.data_set, got))
        return ours.shape == theirs.shape and numpy.abs(ours - theirs).max() <= (4 if self.column in LOSSY else 0)


def decoded(data_set):
    """The pixels; by imagecodecs where pydicom has no decoder."""
    decode = DECODERS.get(data_set.file_meta.TransferSyntaxUID)
    if decode is None:
        return data_set.pixel_array
    count = int(data_set.get("NumberOfFrames", 1))
    frames = [decode(frame) for frame in generate_frames(data_set.PixelData, number_of_frames=count)]
    return numpy.stack(frames) if count > 1 else frames[0]


def files():
    return [File(*row) for row in FILES]


def read(paths):
    """Data sets of files that a peer wrote, by their instance."""
    found = {}
    for path in paths:
        try:
            read_one = pydicom.dcmread(path)
        except (pydicom.errors.InvalidDicomError, OSError, EOFError):
            continue
        if "SOPInstanceUID" in read_one:
            found[str(read_one.SOPInstanceUID)] = read_one
    return found


def tell(cells):
    """Prints the cells of the row, in the order of the columns."""
    print(json.dumps({column: cells.get(column, "-") for column, *_ in FILES}))
