"""What the city decides: enrolment under a plan, evaluation, comparison."""
