"""The words of the reports that are no sentence of a template: each in Arabic and in English."""

from __future__ import annotations

from typing import Literal, NamedTuple

from warehouse.tables.publish import RunState

#: The languages that a report is written in; the first stands in the plain file name.
Language = Literal["ar", "en"]
LANGUAGES: tuple[Language, ...] = ("ar", "en")


class Words(NamedTuple):
    """The same words in Arabic and English."""

    ar: str
    en: str


#: How a source on the web does, as the view source_health says it.
HEALTH: dict[str, Words] = {
    "well": Words("سليم", "well"),
    "silent": Words("صامت", "silent"),
    "failing": Words("متعثر", "failing"),
    "partly": Words("متعثر جزئيا", "partly failing"),
}
STATES: dict[RunState, Words] = {
    "published": Words("نُشرت نتائج التشغيل", "Published"),
    "nothing_new": Words("لا جديد", "Nothing new"),
    "refused": Words("حُجر كل جديد ولم يُنشر شيء", "Everything new was refused: nothing published"),
    "held": Words("علّقت البوابة دفعة", "A gate held a batch"),
    "failed": Words("تعطّل التشغيل", "The run failed"),
}
STAGES: dict[str, Words] = {
    "ingest": Words("الاستلام", "ingest"),
    "clean": Words("التنقية", "clean"),
    "tag": Words("الوسم", "tag"),
    "publish": Words("النشر", "publish"),
}
#: Definite, to stand before a colon and a number: after 1 or 11 Arabic wants the singular.
UNITS: dict[str, Words] = {
    "page": Words("الصفحات", "pages"),
    "article": Words("المقالات", "articles"),
}
SEVERITIES: dict[str, Words] = {
    "critical": Words("حرجة", "critical"),
    "warning": Words("تنبيه", "warning"),
}
ACTIONS: dict[str, Words] = {
    "hold": Words("علّقت الدفعة", "held the batch"),
    "quarantine": Words("حجرت سجلات", "quarantined records"),
    "warn": Words("نبّهت", "warned"),
    "pass": Words("تحققت", "held"),
}
#: How a source did in a run beside its earlier ones (`sources.source_lines`).
CHANGES: dict[str, Words] = {
    "silent": Words("صامت", "silent"),
    "less": Words("أقل من المعتاد", "less than usual"),
    "more": Words("أكثر من المعتاد", "more than usual"),
    "changed": Words("تغيّر شكله", "looks different"),
    "usual": Words("كالمعتاد", "as usual"),
    "young": Words("لا سوابق كافية", "too few earlier runs"),
}
TYPES: dict[str, Words] = {
    "PER": Words("أشخاص", "People"),
    "ORG": Words("منظمات", "Organisations"),
    "LOC": Words("أماكن", "Places"),
}
TYPE: dict[str, Words] = {
    "PER": Words("شخص", "person"),
    "ORG": Words("منظمة", "organisation"),
    "LOC": Words("مكان", "place"),
}
#: The kinds of spans that are taken out of an article's page.
KINDS: dict[str, Words] = {
    "related_inline": Words("رابط داخل النص", "link in the text"),
    "related_list": Words("قائمة روابط", "list of links"),
    "ad": Words("إعلان", "advert"),
    "social_embed": Words("منشور مضمَّن", "embedded post"),
    "comment_form": Words("نموذج تعليق", "comment form"),
    "copyright": Words("حقوق", "copyright"),
    "nav": Words("تنقل", "navigation"),
    "other": Words("غير ذلك", "other"),
}
#: How well an article is dated, the best first.
DATED: dict[str, Words] = {
    "day": Words("باليوم أو الساعة", "to the day or hour"),
    "coarse": Words("بالشهر أو السنة", "to the month or year"),
    "bounded": Words("حدود مؤكدة فقط", "only between certain days"),
    "none": Words("بلا تاريخ", "no date"),
}
ENDS: dict[str, Words] = {
    "published": Words("نُشر", "published"),
    "duplicate": Words("مكرر", "known"),
    "quarantined": Words("محجور", "quarantined"),
    "held": Words("معلَّق", "held"),
}
