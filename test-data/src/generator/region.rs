//! Writes the region: a folder for each hospital, and the truth about it all.

use super::{
    hospitals::{self, Hospital},
    noise::Dice,
    persons::{self, Person},
    study::{Patient, Place, Study},
};
use anyhow::{Context, Result};
use jiff::{Span, civil::date};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What the truth says of itself.
const ABOUT: &str = "Every person, name and number is invented and every picture drawn. Local IDs belong together \
                     exactly when they stand under the same person. UIDs are below 2.25 and for tests only.";
/// Days over which the studies spread.
const DAYS: f32 = 45.0;

/// A study of the region, and where its files lie.
struct Made {
    study: Study,
    person: usize,
    /// Hospitals that hold it, the first of them made it.
    held: Vec<usize>,
    /// Its number at that hospital, from 1.
    number: usize,
}

/// Writes a region of `sites` hospitals to `dir`: `region.json`, and the files of each hospital in
/// `hospital-NN/inbox`. Beyond twelve hospitals the habits of the twelve come again.
///
/// The same call writes the same bytes. Twelve hospitals take less than 60 MB.
///
/// `region.json` holds `hospitals` (`id`, `name`, `character_set`, `issuer`), `persons` (who is known where and how,
/// in `local_ids`) and `studies` (`uid`, `person`, and at which `hospitals` it is held: the first study of the first
/// hospital is held by the second one too, byte for byte).
///
/// # Errors
/// When the folder cannot be written.
pub fn write_region(dir: &Path, sites: usize) -> Result<()> {
    let persons = persons::all();
    let studies = studies(&persons, sites);
    for site in 0..sites {
        let inbox = inbox(dir, site);
        fs::create_dir_all(&inbox).with_context(|| format!("{} cannot be made", inbox.display()))?;
    }
    studies.par_iter().try_for_each(|made| write_study(dir, made))?;
    let truth = truth(&persons, &studies, sites);
    fs::write(dir.join("region.json"), serde_json::to_string_pretty(&truth)?).context("region.json cannot be written")
}

fn write_study(dir: &Path, made: &Made) -> Result<()> {
    for file in made.study.files()? {
        for site in &made.held {
            // a copy that came from elsewhere gets a number of its own
            let number = if *site == made.held[0] { made.number } else { 50 + made.number };
            let path = inbox(dir, *site).join(format!("{number:02}-{}", file.name));
            fs::write(&path, &file.bytes).with_context(|| format!("{} cannot be written", path.display()))?;
        }
    }
    Ok(())
}

fn studies(persons: &[Person], sites: usize) -> Vec<Made> {
    let mut studies = vec![];
    for site in 0..sites {
        let hospital = hospital(site);
        for (number, (id, kind, syntax)) in (1..).zip(hospital.examinations) {
            let person =
                persons.iter().position(|person| person.id == *id).expect("examinations name people there are");
            let label = format!("{}/{number}", site_id(site));
            let mut dice = Dice::new(site as u64 * 100 + number as u64);
            let ago = Span::new().days(dice.between(0.0, DAYS) as i64).minutes(dice.between(0.0, 600.0) as i64);
            let study = Study::new(&label)
                .showing(*kind)
                .of(patient(hospital, site, &persons[person], person))
                .made_at(place(hospital, site))
                .begun(date(2026, 11, 20).at(17, 30, 0, 0) - ago)
                .written(*syntax);
            let held = if site == 0 && number == 1 && sites > 1 { vec![0, 1] } else { vec![site] };
            studies.push(Made { study, person, held, number });
        }
    }
    studies
}

fn patient(hospital: &Hospital, site: usize, person: &Person, index: usize) -> Patient {
    Patient {
        name: hospital.spelling.of(person),
        id: local_id(hospital, site, index),
        issuer: issuer(site),
        birth_date: person.birth_date,
        sex: person.sex,
    }
}

/// Patient ID: numbers that say nothing about the same person elsewhere.
fn local_id(hospital: &Hospital, site: usize, person: usize) -> String {
    let number = (person * 7919 + site * 104_729 + 1_299_709) % 900_000 + 100_000;
    format!("{}{number}", hospital.prefix)
}

fn place(hospital: &Hospital, site: usize) -> Place {
    Place {
        institution: name(site),
        station: format!("ST{:02}A", site + 1),
        physician: hospital.physician,
        charset: hospital.charset,
        language: hospital.language,
    }
}

fn hospital(site: usize) -> &'static Hospital {
    &hospitals::ALL[site % hospitals::ALL.len()]
}

fn name(site: usize) -> String {
    match site / hospitals::ALL.len() {
        0 => hospital(site).name.to_owned(),
        again => format!("{} {}", hospital(site).name, again + 1),
    }
}

fn issuer(site: usize) -> String {
    format!("HOSP{:02}", site + 1)
}

fn site_id(site: usize) -> String {
    format!("hospital-{:02}", site + 1)
}

fn inbox(dir: &Path, site: usize) -> PathBuf {
    dir.join(site_id(site)).join("inbox")
}

fn truth(persons: &[Person], studies: &[Made], sites: usize) -> Value {
    let hospitals = (0..sites).map(|site| {
        let hospital = hospital(site);
        json!({
            "id": site_id(site), "name": name(site), "character_set": hospital.charset.declared(),
            "issuer": issuer(site), "studies": studies.iter().filter(|made| made.held.contains(&site)).count(),
        })
    });
    let id = |made: &Made| persons[made.person].id;
    let people = persons.iter().enumerate().map(|(index, person)| {
        let mut local_ids: Vec<Value> = studies
            .iter()
            .filter(|made| made.person == index)
            .map(|made| {
                let (site, home) = (made.held[0], hospital(made.held[0]));
                json!({
                    "hospital": site_id(site), "issuer": issuer(site), "patient_id": local_id(home, site, index),
                    "name": home.spelling.of(person),
                })
            })
            .collect();
        local_ids.dedup();
        json!({
            "id": person.id, "latin": person.latin, "own": person.own, "spoken": person.spoken,
            "birth_date": person.birth_date.strftime("%Y%m%d").to_string(), "sex": person.sex, "note": person.note,
            "local_ids": local_ids,
        })
    });
    let held = |made: &Made| made.held.iter().map(|site| site_id(*site)).collect::<Vec<_>>();
    let studies =
        studies.iter().map(|made| json!({"uid": made.study.uid(), "person": id(made), "hospitals": held(made)}));
    json!({
        "about": ABOUT,
        "hospitals": hospitals.collect::<Vec<_>>(),
        "persons": people.collect::<Vec<_>>(),
        "studies": studies.collect::<Vec<_>>(),
    })
}
