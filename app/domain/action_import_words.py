"""The words of a table of actions in three languages: its headings, and what stands in its cells."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping
from typing import Final

COLUMNS: Final = (
    "reference", "title", "title_en", "title_es", "title_fr", "text", "owners", "lead", "due_on", "state", "reason",
    "done_on", "kind", "priority", "horizon", "meeting", "meeting_on", "mechanism", "commitment", "note", "seen_by",
)  # fmt: skip

# What stands at the head of a column, as people write it; the first is how we do.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": (
        "Reference", "Ref", "No", "No.", "Nº", "N°", "Num", "Number", "Item", "#", "ID", "Referencia", "Número",
        "Núm", "Folio", "Clave", "Référence", "Réf", "Numéro", "Cote",
    ),
    "title": (
        "Title", "Action", "Action item", "Task", "Deliverable", "Agreement", "What", "Título", "Acción", "Acuerdo",
        "Tarea", "Compromiso acordado", "Entregable", "Actividad", "Qué", "Titre", "Mesure", "Tâche", "Livrable",
        "Intitulé", "Activity", "Activité", "Mesure à prendre", "Follow-up", "Seguimiento", "Suivi",
    ),
    "title_en": ("Title (en)", "Title EN", "English title", "Title in English", "Título en inglés", "Titre anglais"),
    "title_es": ("Title (es)", "Title ES", "Spanish title", "Título en español", "Título ES", "Titre espagnol"),
    "title_fr": ("Title (fr)", "Title FR", "French title", "Título en francés", "Titre français", "Titre FR"),
    "text": (
        "Text", "Description", "Details", "Detail", "Full text", "Descripción", "Detalle", "Detalles", "Texto",
        "Texte", "Détails", "Détail", "Background", "Antecedentes", "Contexte",
    ),
    "owners": (
        "Owners", "Owner", "Responsible", "Responsible party", "Responsible parties", "Responsibility", "Assigned to",
        "Assignee", "Who", "Party", "Parties", "Country", "Countries", "Office", "Agency", "Point of contact", "POC",
        "Responsable", "Responsables", "Dependencia", "Área responsable", "País", "Países", "A cargo", "A cargo de",
        "Quién", "Encargado", "Parte", "Partes", "Titulaire", "Pays", "Ministère", "Bureau responsable", "Qui",
        "Partie", "Attribué à", "Leads and owners", "OPI",
    ),
    "lead": ("Lead", "Lead party", "Lead country", "Líder", "País líder", "Encabeza", "Chef de file", "Pilote"),
    "due_on": (
        "Due", "Due date", "Deadline", "By when", "Target date", "When", "Vence", "Fecha límite", "Plazo",
        "Fecha de vencimiento", "Vencimiento", "Fecha compromiso", "Cuándo", "Fecha", "Date", "Échéance", "Date limite",
        "Date d’échéance", "Délai", "Quand", "Due by", "Date butoir",
    ),
    "state": (
        "State", "Status", "Progress", "Estado", "Estatus", "Situación", "Avance", "État", "Statut", "Avancement",
        "Situation", "Current status",
    ),
    "reason": ("Reason", "Why", "Motivo", "Razón", "Causa", "Motif", "Raison", "Reason for delay", "Justification"),
    "done_on": (
        "Done on", "Completed on", "Completion date", "Date completed", "Closed on", "Fecha de conclusión",
        "Concluido el", "Fecha de cierre", "Fecha de cumplimiento", "Fait le", "Achevé le", "Date d’achèvement",
        "Terminé le",
    ),
    "kind": ("Kind", "Type", "Category", "Tipo", "Clase", "Categoría", "Genre", "Catégorie", "Nature"),
    "priority": ("Priority", "Importance", "Prioridad", "Importancia", "Priorité"),
    "horizon": ("Horizon", "Term", "Horizonte", "Terme"),
    "meeting": (
        "Meeting", "Meeting reference", "Session", "Reunión", "Sesión", "Réunion", "Séance", "Source meeting",
        "Reunión de origen", "Réunion d’origine",
    ),
    "meeting_on": (
        "Meeting date", "Date of meeting", "Meeting on", "Fecha de la reunión", "Fecha de reunión",
        "Date de la réunion", "Date de réunion", "Session date",
    ),
    "mechanism": (
        "Mechanism", "Forum", "Working group", "Dialogue", "Mecanismo", "Foro", "Grupo de trabajo", "Diálogo",
        "Mécanisme", "Groupe de travail",
    ),
    "commitment": ("Commitment", "Commitments", "Compromiso", "Compromisos", "Engagement", "Engagements"),
    "note": (
        "Note", "Notes", "Update", "Latest update", "Last update", "Comments", "Comment", "Remarks", "Nota", "Notas",
        "Actualización", "Comentarios", "Observaciones", "Avances", "Mise à jour", "Commentaires", "Remarques",
        "Observations", "Novedades", "Nouvelles",
    ),
    "seen_by": (
        "Seen by", "Visible to", "Shared with", "Distribution", "Visto por", "Visible para", "Compartido con", "Vu par",
        "Visible par", "Partagé avec", "Diffusion",
    ),
}  # fmt: skip

_STATES: Final[Mapping[str, str]] = {
    "open": "open, not started, not begun, pending, to do, todo, new, outstanding, overdue, late, abierta, abierto, "
    "pendiente, por iniciar, no iniciada, no iniciado, sin iniciar, nueva, nuevo, vencida, vencido, atrasada, "
    "atrasado, ouverte, ouvert, à faire, non commencée, non commencé, en attente, pas commencé, nouvelle, nouveau, "
    "en retard",
    "under_way": "under way, underway, in progress, ongoing, started, begun, active, on track, partly done, en curso, "
    "en proceso, en marcha, en ejecución, en progreso, en desarrollo, iniciada, iniciado, en trámite, avanzando, "
    "en cours, commencée, commencé, entamée, entamé, en voie de réalisation, en bonne voie",
    "blocked": "blocked, on hold, stalled, stuck, paused, suspended, bloqueada, bloqueado, detenida, detenido, "
    "en pausa, suspendida, suspendido, estancada, estancado, bloquée, bloqué, suspendue, suspendu, en pause, à l’arrêt",
    "done": "done, complete, completed, closed, finished, implemented, delivered, achieved, fulfilled, resolved, "
    "hecha, hecho, concluida, concluido, cumplida, cumplido, terminada, terminado, completada, completado, cerrada, "
    "cerrado, realizada, realizado, finalizada, finalizado, atendida, atendido, entregada, entregado, "
    "faite, fait, terminée, terminé, achevée, achevé, accomplie, accompli, réalisée, réalisé, close, clos, "
    "finie, fini, livrée, livré",
    "verified": "verified, confirmed, checked, verificada, verificado, confirmada, confirmado, comprobada, comprobado, "
    "vérifiée, vérifié, confirmée, confirmé",
    "dropped": "dropped, cancelled, canceled, withdrawn, abandoned, no longer needed, obsolete, descartada, "
    "descartado, cancelada, cancelado, desechada, desechado, abandonada, abandonado, retirada, retirado, sin efecto, "
    "abandonnée, abandonné, annulée, annulé, retirée, retiré, caduque, sans objet",
}  # fmt: skip
_KINDS: Final[Mapping[str, str]] = {
    "task": "task, action, tarea, acción, tâche, mesure",
    "evaluation": "evaluation, assessment, review, study, evaluación, estudio, revisión, évaluation, étude, examen",
    "data_exchange": "data exchange, information exchange, exchange of data, intercambio de datos, "
    "intercambio de información, échange de données, échange d’informations, échange d’information",
    "protocol": "protocol, procedure, protocolo, procedimiento, protocole, procédure",
    "exercise": "exercise, drill, joint exercise, ejercicio, simulacro, exercice, simulation",
    "candidature": "candidature, candidacy, nomination, candidatura, postulación",
}
_PRIORITIES: Final[Mapping[str, str]] = {
    "low": "low, baja, bajo, basse, faible, 3",
    "normal": "normal, medium, moderate, normale, media, medio, moyenne, moyen, 2",
    "high": "high, urgent, critical, top, alta, alto, urgente, crítica, haute, élevée, élevé, critique, 1",
}
_HORIZONS: Final[Mapping[str, str]] = {
    "immediate": "immediate, short term, inmediato, inmediata, corto plazo, immédiat, immédiate, court terme",
    "long_term": "long term, long-term, largo plazo, long terme",
}
_NOTHING: Final = (
    "", "-", "–", "—", "n/a", "na", "none", "tbd", "tbc", "to be determined", "ninguno", "ninguna", "s/f", "sin fecha",
    "por definir", "no aplica", "aucun", "aucune", "à déterminer", "sans objet", "s.o.", "sans date", "no date", "nil",
)  # fmt: skip


@functools.lru_cache(maxsize=65_536)
def plain(written: str) -> str:
    """Return a word without accents, capitals, blanks and marks, by which it is known again."""
    apart = unicodedata.normalize("NFKD", written.casefold())
    kept = "".join(letter for letter in apart if letter.isalnum())
    return kept or ("#" if "#" in written else "")


def _by_word(said: Mapping[str, str]) -> dict[str, str]:
    return {plain(word): key for key, words in said.items() for word in (key, *words.split(", "))}


NOTHING: Final = frozenset(plain(word) for word in _NOTHING)
HEADING_OF: Final[Mapping[str, str]] = {
    plain(word): name for name, words in HEADINGS.items() for word in (name, *words)
}
WORDS_OF: Final[Mapping[str, Mapping[str, str]]] = {
    "state": _by_word(_STATES),
    "kind": _by_word(_KINDS),
    "priority": _by_word(_PRIORITIES),
    "horizon": _by_word(_HORIZONS),
}
EVERYBODY: Final = frozenset(
    plain(word) for word in ("all", "all parties", "everyone", "todos", "todas", "todas las partes", "tous", "toutes")
) | {plain("toutes les parties")}
