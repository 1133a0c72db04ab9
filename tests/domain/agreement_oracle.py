"""What must become of a silence and of signatures, told from a plain list of what happened, step by step.

Written from the rules as people read them, and sharing no code with the product: time is walked through, and at each
step the state is what a secretary with a notebook would have written down.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Notebook:
    """The secretary's notebook: minutes since the beginning for time, letters for parties."""

    parties: tuple[str, ...]
    hours: int
    wished: int
    got_it: dict[str, int] = field(default_factory=dict)
    ends: int | None = None
    yes: set[str] = field(default_factory=set)
    waiting: list[str] = field(default_factory=list)
    over: tuple[str, int] | None = None
    clock: int = 0

    def pass_to(self, minute: int) -> None:
        """Let time pass, minute by minute, and write down what ends by itself."""
        while self.clock < minute and self.over is None:
            self.clock += 1
            self._look()
        self.clock = max(self.clock, minute)

    def _look(self) -> None:
        if self.over is not None:
            return
        if self.ends is None:
            if self.clock >= self.wished:
                self.over = ("lapsed", self.clock)
        elif self.clock >= self.ends and not self.waiting:
            self.over = ("adopted", self.clock)

    @property
    def may_speak(self) -> bool:
        """Say whether a word still counts."""
        return self.over is None and (self.ends is None or self.clock < self.ends)

    def receipt(self, party: str) -> bool:
        """Write down that a party has it; say whether that was taken."""
        if self.over is not None or party not in self.parties:
            return False
        self.got_it.setdefault(party, self.clock)
        if self.ends is None and set(self.got_it) == set(self.parties):
            self.ends = self.clock + 60 * self.hours
            self.ends = max(self.ends, self.wished)
            self._all_said_yes()
        return True

    def objection(self, party: str) -> bool:
        """Write down an objection."""
        if not self.may_speak or party not in self.parties:
            return False
        self.over = ("broken", self.clock)
        return True

    def agreement(self, party: str) -> bool:
        """Write down that a party accepts before the end."""
        if not self.may_speak or party not in self.parties:
            return False
        self.yes.add(party)
        self.receipt(party)
        self._all_said_yes()
        return True

    def report(self, party: str) -> bool:
        """Write down that somebody says that a party has answered."""
        if not self.may_speak or party not in self.parties:
            return False
        self.waiting.append(party)
        return True

    def settle(self, *, was_objection: bool) -> bool:
        """Let the chair settle the oldest report."""
        if self.over is not None or not self.waiting:
            return False
        self.waiting.pop(0)
        if was_objection:
            self.over = ("broken", self.clock)
            return True
        self._look()
        self._all_said_yes()
        return True

    def extend(self, minute: int) -> bool:
        """Give it a later end."""
        stands = self.wished if self.ends is None else self.ends
        if self.over is not None or self.clock >= stands or minute <= stands or minute <= self.clock:
            return False
        if self.ends is None:
            self.wished = minute
        else:
            self.ends = minute
        return True

    def withdraw(self) -> bool:
        """Take it back."""
        if self.over is not None:
            return False
        self.over = ("withdrawn", self.clock)
        return True

    def _all_said_yes(self) -> None:
        if self.over is None and self.ends is not None and not self.waiting and self.yes == set(self.parties):
            self.over = ("adopted", self.clock)


@dataclass
class SignatureBook:
    """Who has signed what: each party's last word on the text as it reads now."""

    parties: tuple[str, ...]
    chair: str | None = None
    text: int = 0
    signed: dict[str, str] = field(default_factory=dict)
    must_confirm_before: dict[str, int] = field(default_factory=dict)
    adopted_at: int | None = None
    clock: int = 0

    def edit(self) -> bool:
        """Change the text: nobody has signed the new one."""
        if self.adopted_at is not None:
            return False
        self.text += 1
        self.signed.clear()
        self.must_confirm_before.clear()
        return True

    def sign(self, party: str, text: int) -> bool:
        """Let a party sign what it was shown."""
        if self.adopted_at is not None or text != self.text or self.signed.get(party) == "full":
            return False
        self.signed[party] = "full"
        self.must_confirm_before.pop(party, None)
        self._all()
        return True

    def sign_for_now(self, party: str, text: int, before: int) -> bool:
        """Let a party sign subject to its capital."""
        if self.adopted_at is not None or text != self.text or self.signed.get(party) == "full" or before <= self.clock:
            return False
        self.signed[party] = "for now"
        self.must_confirm_before[party] = before
        return True

    def confirm(self, party: str) -> bool:
        """Let a capital confirm in time."""
        if self.adopted_at is not None or self.signed.get(party) != "for now":
            return False
        if self.clock >= self.must_confirm_before[party]:
            return False
        self.signed[party] = "full"
        self._all()
        return True

    def take_back(self, party: str) -> bool:
        """Let a party take its signature back."""
        if self.adopted_at is not None or party not in self.signed:
            return False
        del self.signed[party]
        self.must_confirm_before.pop(party, None)
        return True

    def _all(self) -> None:
        needed = {self.chair} if self.chair else set(self.parties)
        if {party for party in needed if self.signed.get(str(party)) == "full"} == needed:
            self.adopted_at = self.clock
