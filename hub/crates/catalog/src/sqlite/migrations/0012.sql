-- Names are compared without regard to the width of kana and to which of the two kana they are written in: they are written
-- anew in that form.
UPDATE study SET patient_name = NULL, referring_physician_name = NULL;
DELETE FROM name_gram;
DELETE FROM name_form;
DELETE FROM person_name;
