"""The drafts of the long texts of the staff: kept beside every button, put in the form again, gone once it is sent."""
