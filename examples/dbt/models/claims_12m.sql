-- Claims of the last twelve months by provider and procedure, as `warehouse: {claims: claims_12m}` of Callplan's config reads them.
-- Counts of fewer than 11 do not leave the warehouse: they may point at patients.
{{ config(materialized='table') }}
select npi, code, volume
from {{ ref('claims_by_provider') }}
where volume >= 11
