//! The storage SOP classes that C-GET proposes when nobody says which a study has (PS3.4 B.5): those that PACSs of today
//! hold. What a study has of others comes when its classes are asked first, or by C-MOVE.

/// Below `1.2.840.10008.5.1.4.1.1.`, in the order of their numbers.
pub(super) const USUAL: &[&str] = &[
    "1",        // computed radiography image
    "1.1",      // digital x ray image for presentation
    "1.1.1",    // digital x ray image for processing
    "1.2",      // digital mammography x ray image for presentation
    "1.2.1",    // digital mammography x ray image for processing
    "1.3",      // digital intra oral x ray image for presentation
    "2",        // ct image
    "2.1",      // enhanced ct image
    "2.2",      // legacy converted enhanced ct image
    "4",        // mr image
    "4.1",      // enhanced mr image
    "4.2",      // mr spectroscopy
    "4.3",      // enhanced mr color image
    "6.2",      // enhanced us volume
    "7",        // secondary capture image
    "7.1",      // multi frame single bit secondary capture image
    "7.2",      // multi frame grayscale byte secondary capture image
    "7.3",      // multi frame grayscale word secondary capture image
    "7.4",      // multi frame true color secondary capture image
    "9.1.1",    // twelve lead ecg waveform
    "9.1.2",    // general ecg waveform
    "9.1.3",    // ambulatory ecg waveform
    "9.1.4",    // general32bit ecg waveform
    "9.2.1",    // hemodynamic waveform
    "9.3.1",    // cardiac electrophysiology waveform
    "9.4.1",    // basic voice audio waveform
    "9.4.2",    // general audio waveform
    "9.5.1",    // arterial pulse waveform
    "9.6.1",    // respiratory waveform
    "11.1",     // grayscale softcopy presentation state
    "11.2",     // color softcopy presentation state
    "11.3",     // pseudo color softcopy presentation state
    "11.4",     // blending softcopy presentation state
    "11.8",     // advanced blending presentation state
    "12.1",     // x ray angiographic image
    "12.1.1",   // enhanced xa image
    "12.2",     // x ray radiofluoroscopic image
    "12.2.1",   // enhanced xrf image
    "13.1.1",   // x ray3 d angiographic image
    "13.1.2",   // x ray3 d craniofacial image
    "13.1.3",   // breast tomosynthesis image
    "13.1.4",   // breast projection x ray image for presentation
    "14.1",     // intravascular optical coherence tomography image for presentation
    "14.2",     // intravascular optical coherence tomography image for processing
    "20",       // nuclear medicine image
    "66",       // raw data
    "66.1",     // spatial registration
    "66.2",     // spatial fiducials
    "66.3",     // deformable spatial registration
    "66.4",     // segmentation
    "66.5",     // surface segmentation
    "67",       // real world value mapping
    "77.1.1",   // vl endoscopic image
    "77.1.1.1", // video endoscopic image
    "77.1.2",   // vl microscopic image
    "77.1.2.1", // video microscopic image
    "77.1.3",   // vl slide coordinates microscopic image
    "77.1.4",   // vl photographic image
    "77.1.4.1", // video photographic image
    "77.1.5.1", // ophthalmic photography8 bit image
    "77.1.5.2", // ophthalmic photography16 bit image
    "77.1.5.3", // stereometric relationship
    "77.1.5.4", // ophthalmic tomography image
    "77.1.6",   // vl whole slide microscopy image
    "77.1.7",   // dermoscopic photography image
    "77.1.8",   // confocal microscopy image
    "81.1",     // ophthalmic thickness map
    "88.11",    // basic text sr
    "88.22",    // enhanced sr
    "88.33",    // comprehensive sr
    "88.34",    // comprehensive3 dsr
    "88.35",    // extensible sr
    "88.40",    // procedure log
    "88.50",    // mammography cadsr
    "88.59",    // key object selection document
    "88.65",    // chest cadsr
    "88.67",    // x ray radiation dose sr
    "88.68",    // radiopharmaceutical radiation dose sr
    "88.69",    // colon cadsr
    "104.1",    // encapsulated pdf
    "104.2",    // encapsulated cda
    "128",      // positron emission tomography image
    "130",      // enhanced pet image
    "481.1",    // rt image
    "481.2",    // rt dose
    "481.3",    // rt structure set
    "481.4",    // rt beams treatment record
    "481.5",    // rt plan
    "481.6",    // rt brachy treatment record
    "481.7",    // rt treatment summary record
    "481.8",    // rt ion plan
    "481.9",    // rt ion beams treatment record
];
