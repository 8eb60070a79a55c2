"""One vendor with all that there is about one, for the organisation that is multiplied."""

from deploy.client import Organisation, address_of, done
from tests.risk.asked import KIM, QUESTIONS, expiry
from tests.risk.assurance import soc2
from tests.risk.vendors import ASSESSMENT, VENDOR, today

_OWNER = address_of("dana")


async def one_vendor(org: Organisation) -> None:
    """A vendor that was approved with a condition, with a report, a template and a questionnaire that was sent."""
    vendor = done(await org.admin.post("/v1/vendors", json=VENDOR | {"owner": _OWNER}))["id"]
    started = await org.manager.post(f"/v1/vendors/{vendor}/reviews", json={"reviewer": address_of("manager")})
    review = f"/v1/vendor-reviews/{done(started)['id']}"
    done(await org.manager.put(f"{review}/evidence", json={"note": "Their trust page."}))
    done(await org.manager.put(f"{review}/assessment", json=ASSESSMENT))
    condition = {"text": "A second factor.", "owner": _OWNER, "due_on": today(30)}
    decision = {"outcome": "approved_with_conditions", "reason": "As proposed.", "conditions": [condition]}
    done(await org.admin.post(f"{review}/decisions", json=decision))
    report = done(await org.manager.post(f"/v1/vendors/{vendor}/assurance-reports", json=soc2()))["id"]
    asked = {"controls": [{"text": "User entities remove access of leavers."}]}
    done(await org.manager.post(f"/v1/assurance-reports/{report}/complementary-controls", json=asked))
    draft = {"title": "Vendor security", "sections": QUESTIONS}
    template = done(await org.manager.post("/v1/questionnaire-templates", json=draft))["id"]
    done(await org.manager.post(f"/v1/questionnaire-templates/{template}/publications"))
    prepared = await org.manager.post(f"/v1/vendors/{vendor}/questionnaires", json={"template_id": template})
    sending = {"respondents": [KIM], "expires_at": expiry()}
    done(await org.manager.post(f"/v1/questionnaires/{done(prepared)['id']}/sendings", json=sending))
