"""The pages behind the staff sign-in. Off until ``ASSISTANT_STAFF_USERS`` names a file of users."""
