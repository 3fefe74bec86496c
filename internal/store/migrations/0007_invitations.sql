-- Who has a customer, now that an invitation lets several partners have the same.
CREATE INDEX relationships_by_customer ON relationships (customer, partner);
