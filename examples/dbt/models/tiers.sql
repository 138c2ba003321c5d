-- Tiers of your own, as `ready_made: {path: tiers.csv}` of Callplan's config reads them. Put your own rules here.
{{ config(materialized='external', location='tiers.csv', format='csv') }}
with volumes as (
    select npi, sum(volume) as volume
    from {{ ref('claims_12m') }}
    group by npi
)
select
    npi as "NPI",
    case when volume >= 200 then 'A' when volume >= 100 then 'B' else 'C' end as "Tier",
    case when volume >= 200 then 'two hundred joints a year' else 'by volume' end as "Why",
    volume as "Procedures"
from volumes
order by volume desc, npi
