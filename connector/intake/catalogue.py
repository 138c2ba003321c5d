"""The layouts that Callplan knows, one entry each: which of our columns stands under which header.

To add one, add an entry; docs/reference/claims.md lists them, and a test holds the two equal. The order matters
only where one header satisfies two entries: the first is taken.

Source   CMS, data dictionaries: Physician & Other Practitioners (2012; 2013 and later), Doctors and Clinicians (2021;
         current), Facility Affiliation, NPPES monthly and weekly files, Open Payments general (before 2021; current);
         ResDAC, carrier claims. Not yet tried on a file as it is published: clinicians, facility_affiliations,
         open_payments, and nppes beyond its header
"""

from __future__ import annotations

from connector.intake.layouts import Kind, Layout

NPI_ONLY = ("npi",)
HOSPITAL = "Covered Recipient Teaching Hospital"

LAYOUTS = (
    Layout(
        "rif_carrier",
        {
            "patient": "BENE_ID",
            "claim": "CLM_ID",
            "line": "LINE_NUM",
            "npi": "PRF_PHYSN_NPI",
            "code": "HCPCS_CD",
            "volume": "LINE_SRVC_CNT",
            "date": "LINE_1ST_EXPNS_DT",
            "diagnosis": "LINE_ICD_DGNS_CD",
            "principal": "PRNCPAL_DGNS_CD",
            "icd": "LINE_ICD_DGNS_VRSN_CD",
            "specialty": "PRVDR_SPCLTY",
            "zip": "PRVDR_ZIP",
            "final": "FINAL_ACTION",
            "processed": "LINE_PRCSG_IND_CD",
        },
        needed=("patient", "claim", "line", "npi", "code", "volume", "date"),
        filled=("npi", "volume", "date"),
        unique=("claim", "line"),
        without={"final": "N", "processed": "[^ARS]"},  # superseded; not allowed (unverified: R, S count too)
        lines=True,
    ),
    Layout(
        "cms_provider_service",
        {
            "npi": "Rndrng_NPI",
            "last": "Rndrng_Prvdr_Last_Org_Name",
            "first": "Rndrng_Prvdr_First_Name",
            "city": "Rndrng_Prvdr_City",
            "state": "Rndrng_Prvdr_State_Abrvtn",
            "zip": "Rndrng_Prvdr_Zip5",
            "specialty": "Rndrng_Prvdr_Type",
            "code": "HCPCS_Cd",
            "place": "Place_Of_Srvc",
            "beneficiaries": "Tot_Benes",
            "volume": "Tot_Srvcs",
        },
        unique=("npi", "code", "place"),
    ),
    Layout(
        "cms_provider_service_2012",
        {
            "npi": "npi",
            "last": "nppes_provider_last_org_name",
            "first": "nppes_provider_first_name",
            "city": "nppes_provider_city",
            "state": "nppes_provider_state",
            "zip": "nppes_provider_zip",
            "specialty": "provider_type",
            "code": "hcpcs_code",
            "place": "place_of_service",
            "beneficiaries": "bene_unique_cnt",
            "volume": "line_srvc_cnt",
        },
        unique=("npi", "code", "place"),
    ),
    Layout(
        "provider_list",
        {
            "npi": "npi",
            "name": "name",
            "specialty": "specialty",
            "city": "city",
            "state": "state",
            "zip": "zip5",
            "latitude": "lat",
            "longitude": "long",
            "years": "years_active",
        },
        needed=("npi", "name", "specialty"),
        unique=NPI_ONLY,
    ),
    Layout(
        "provider_hcpcs",
        {"npi": "npi", "code": "hcpcs", "volume": "services"},
        unique=("npi", "code"),
        years_active=True,
    ),
    Layout(
        "provider_year",
        {"npi": "npi", "year": "year", "services": "total_services"},
        needed=("npi", "year"),
        unique=("npi", "year"),
    ),
    Layout(
        "nppes",
        {
            "npi": "NPI",
            "entity": "Entity Type Code",
            "state": "Provider Business Practice Location Address State Name",
            "zip": "Provider Business Practice Location Address Postal Code",
            "enumerated": "Provider Enumeration Date",
            "deactivated": "NPI Deactivation Date",
            "reactivated": "NPI Reactivation Date",
            "taxonomy": "Healthcare Provider Taxonomy Code_#",
            "primary": "Healthcare Provider Primary Taxonomy Switch_#",
        },
        needed=("npi", "entity", "zip", "enumerated", "deactivated", "reactivated", "taxonomy", "primary"),
        kind=Kind.REGISTRY,
        unique=NPI_ONLY,
    ),
    Layout(
        "nppes_short",
        {"npi": "NPI", "entity": "Entity_Type_Code", "state": "State", "taxonomy_1": "Taxonomy_Code"},
        needed=("npi", "entity", "taxonomy_1"),
        kind=Kind.REGISTRY,
        unique=NPI_ONLY,
    ),
    Layout(
        "clinicians",
        {
            "npi": "NPI",
            "enrolment": "Ind_enrl_ID",
            "organisation": "org_pac_id",
            "name": "Facility Name",
            "size": "num_org_mem",
            "street": "adr_ln_1",
            "city": "City/Town",
            "state": "State",
            "zip": "ZIP Code",
            "address": "adrs_id",
        },
        needed=("npi", "organisation", "name", "size", "street", "zip"),
        kind=Kind.AFFILIATIONS,
        unique=("npi", "enrolment", "organisation", "address"),
    ),
    Layout(
        "clinicians_2021",
        {
            "npi": "NPI",
            "enrolment": "Ind_enrl_ID",
            "organisation": "org_pac_id",
            "name": "org_nm",
            "size": "num_org_mem",
            "street": "adr_ln_1",
            "city": "cty",
            "state": "st",
            "zip": "zip",
            "address": "adrs_id",
            "hospital": "hosp_afl_#",
            "hospital_name": "hosp_afl_lbn_#",
        },
        needed=("npi", "organisation", "name", "size", "street", "zip"),
        kind=Kind.AFFILIATIONS,
        unique=("npi", "enrolment", "organisation", "address"),
    ),
    Layout(
        "clinicians_short",
        {"npi": "NPI", "street": "Address", "city": "City/Town", "state": "State", "zip": "ZIP Code"},
        needed=("npi", "street", "city", "zip"),
        kind=Kind.AFFILIATIONS,
        unique=("npi", "street", "zip"),
    ),
    Layout(
        "facility_affiliations",
        {
            "npi": "NPI",
            "sort": "facility_type",
            "organisation": "Facility Affiliations Certification Number",
        },
        needed=("npi", "sort", "organisation"),
        kind=Kind.AFFILIATIONS,
        filled=("npi", "organisation"),
        unique=("npi", "sort", "organisation"),
    ),
    Layout(
        "open_payments",
        {
            "recipient": "Covered_Recipient_Type",
            "profile": "Covered_Recipient_Profile_ID",
            "npi": "Covered_Recipient_NPI",
            "maker": "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID",
            "name": "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name",
            "amount": "Total_Amount_of_Payment_USDollars",
            "date": "Date_of_Payment",
            "payments": "Number_of_Payments_Included_in_Total_Amount",
            "record": "Record_ID",
        },
        needed=("recipient", "profile", "npi", "maker", "name", "amount", "date", "record"),
        kind=Kind.PAYMENTS,
        filled=("profile", "maker", "amount", "date", "record"),  # a few recipients have no NPI
        unique=("record",),
        without={"recipient": HOSPITAL},
    ),
    Layout(
        "open_payments_2020",
        {
            "recipient": "Covered_Recipient_Type",
            "profile": "Physician_Profile_ID",
            "maker": "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID",
            "name": "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name",
            "amount": "Total_Amount_of_Payment_USDollars",
            "date": "Date_of_Payment",
            "payments": "Number_of_Payments_Included_in_Total_Amount",
            "record": "Record_ID",
        },
        needed=("recipient", "profile", "maker", "name", "amount", "date", "record"),
        kind=Kind.PAYMENTS,
        filled=("profile", "maker", "amount", "date", "record"),
        unique=("record",),
        without={"recipient": HOSPITAL},
    ),
)
