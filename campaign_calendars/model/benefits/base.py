"""What every benefit has: money behind it, limits, validity, and one sentence about it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from campaign_calendars.model.programme import Strict
from campaign_calendars.values.moments import Moment
from campaign_calendars.values.scalars import (
    FULL_SHARE,
    Duration,
    Money,
    Share,
    Text,
    UnfitError,
    duration_in_words,
    or_text,
)

Nature = Literal["price", "non_price"]
Delivery = Literal["claim", "push", "auto", "earn"]
SeenIn = Literal["redemptions", "orders", "order_sums", "refunds", "points", "nowhere"]
Order = Literal["hash", "tier", "first_come"]
EndsWith = Literal["calendar", "phase", "month"]
PositiveInt = Annotated[int, Field(ge=1)]
FULL = FULL_SHARE
"""A share of 100% in basis points."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an order has to be like to be a use of a benefit, or an entry of the points ledger (A3).

    An order: `amount_cents` net of what came back, `items` pieces. With `by_lines` the pieces are those of its lines
    of `goods` (empty: all), and of these such at `most_cents` or less for `of` pieces, or at `share` (basis points) of
    the list price or less. `staged`: paid in stages, or not (None: either). `points`: so many were paid.
    `paid_out_cents`: a use is money that is paid out, so much where no pay-out says how much it was.
    """

    amount_cents: int = 0
    items: int = 0
    points: int = 0
    by_lines: bool = False
    goods: tuple[str, ...] = ()
    most_cents: int | None = None
    of: int = 1
    share: int | None = None
    staged: bool | None = None
    paid_out_cents: int | None = None


def _as_written(_place: tuple[str | int, ...], moment: Moment) -> str:
    return str(moment)


@dataclass(frozen=True, slots=True)
class Naming:
    """How one line about a benefit calls tiers and moments: as they are written, unless somebody knows better.

    `moment` is given the place of the moment within the benefit, such as `("valid", "from")`, and the moment.
    """

    tier: Callable[[str], str] = str
    moment: Callable[[tuple[str | int, ...], Moment], str] = _as_written


AS_WRITTEN = Naming()


class Validity(Strict, defer_build=False):  # every kind of benefit has it: built once, not with each
    """When a benefit may be used: a window, or a time counted from the grant (`7d`)."""

    from_: Annotated[Moment | None, Field(alias="from", description="First second it may be used.")] = None
    to: Moment | None = Field(default=None, description="Last second it may be used.")
    for_: Annotated[Duration | None, Field(alias="for", description="Counted from the moment it is granted.")] = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"for": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return or_text(schema, handler)

    @model_validator(mode="after")
    def _one_form(self) -> Validity:
        opened, closed = self.from_ is not None, self.to is not None
        if opened != closed or opened == (self.for_ is not None):
            raise UnfitError(
                "validity has one form; write a duration such as 7d, or a window {from: …, to: …}",
                "有效期只有一种写法；请写时长（例如 7d）或窗口 {from: …, to: …}",
            )
        return self

    def describe(self, lang: str, naming: Naming = AS_WRITTEN) -> str:
        if self.for_ is not None:
            length = duration_in_words(self.for_, lang)
            return f"领取后 {length}内有效" if lang == "zh" else f"valid for {length} after the grant"
        assert self.from_ is not None  # noqa: S101  a validity has one form
        assert self.to is not None  # noqa: S101
        start, end = naming.moment(("valid", "from"), self.from_), naming.moment(("valid", "to"), self.to)
        return f"有效期 {start} 至 {end}" if lang == "zh" else f"valid from {start} to {end}"


class Offered(Strict, defer_build=False):  # as Validity
    """When a benefit may be granted or claimed; when it may be used is `valid`."""

    from_: Annotated[Moment | None, Field(alias="from", description="First second it is on offer.")] = None
    to: Moment | None = Field(default=None, description="Last second it is on offer; a bare date means its end.")

    @model_validator(mode="after")
    def _says_something(self) -> Offered:
        if self.from_ is None and self.to is None:
            raise UnfitError(
                "`offered` says from when or until when a benefit may be granted; write `from`, `to` or both",
                "offered 写明权益何时可领；请写 from、to 或两者",
            )
        return self


class Coupon(Strict):
    """One coupon of a pack: `value` off from `threshold` on."""

    threshold: Money = Field(default=0, description="Basket value from which it applies; 0: any basket.")
    value: Annotated[Money, Field(description="Amount taken off.")]

    @model_validator(mode="after")
    def _below_threshold(self) -> Coupon:
        check_coupon(self.threshold, self.value)
        return self


def check_coupon(threshold: int, value: int) -> None:
    """A coupon takes something off, and never more than the basket it asks for."""
    if value <= 0:
        raise UnfitError(
            "a coupon of value 0 gives nothing; write the amount it takes off", "面额为 0 的券没有优惠；请写减免金额"
        )
    if threshold and value > threshold:
        raise UnfitError(
            "the coupon takes off more than its threshold; exchange `threshold` and `value`?",
            "券的减免超过门槛；是否把 threshold 与 value 写反？",
        )


class BenefitBase(Strict):
    """Common to all kinds (A3). Costs and stock count grants, one unit each."""

    default_nature: ClassVar[Nature] = "price"
    lowers_price: ClassVar[bool] = False
    """Whether it counts toward the lowest price (计入最低价) unless the calendar says otherwise."""
    scarce: ClassVar[tuple[str, str] | None] = None
    """What a benefit of this kind without `stock` is told; None: it may be without."""
    seen_in: ClassVar[SeenIn] = "redemptions"
    """Where its use is seen as long as no redemption names it: redemptions, the member's next fitting order, the sum of
    his orders, an order refunded as a whole, the points he paid, or nowhere."""
    default_delivery: ClassVar[Delivery] = "claim"
    """How it reaches whoever may have it unless the calendar says otherwise."""
    default_order: ClassVar[Order] = "hash"
    """Who gets the last pieces unless the calendar says otherwise."""
    for_joined: ClassVar[bool] = True
    """Whether only who has joined can use it, whatever the store's `member_definition` says."""
    ends_with: ClassVar[EndsWith] = "calendar"
    """What ends it where `valid` is not written."""
    comes_back: ClassVar[bool] = False
    """Whether the member has it again when the order he used it on is closed or refunded as a whole."""
    used_while_offered: ClassVar[bool] = False
    """Whether it can be used only while it is on offer: what is sold from second to second."""

    kind: str
    title: Text = Text()
    nature: Nature | None = Field(default=None, description="price or non_price (A1#25); default: by kind.")
    unit_cost: Money | None = Field(default=None, description="What one redeemed unit costs the store.")
    stock: int | None = Field(default=None, ge=0, description="Units in the whole calendar; empty: no limit.")
    daily_cap: int | None = Field(default=None, ge=0, description="Units per local day; empty: no limit.")
    per_member: int = Field(default=1, ge=1, description="Units one member may get in the calendar.")
    pool: str | None = Field(default=None, description="Budget pool that pays; default: the total only.")
    redemption_rate: Share = Field(
        default="100%", validate_default=True, description="Share of grants expected to be used."
    )
    tiers: list[str] = Field(default_factory=list, description="Tiers that may get it; empty: all.")
    valid: Validity | None = Field(
        default=None, description="A duration after the grant, or a window; default: it ends with the calendar."
    )
    offered: Offered | None = Field(
        default=None, description="When it may be granted or claimed; default: the phases whose plays name it."
    )
    delivery: Delivery | None = Field(
        default=None,
        description="claim: members fetch it; push: sent into the account; auto: applies itself to every qualifying"
        " order; earn: follows from what the member does. Default by kind. What applies itself is announced.",
    )
    order: Order | None = Field(
        default=None,
        description="Who gets it where there is not enough. hash: by lot, fair and the same in every run; tier: higher"
        " tiers first, within one by lot; first_come: whoever takes it first, by the platform; it is announced then."
        " Default: hash; of an exchange of points first_come.",
    )
    exclusive_with: list[str] = Field(
        default_factory=list,
        description="Benefits that nobody holds beside it: none is given while another of them can still be used.",
    )
    needs: list[str] = Field(
        default_factory=list, description="Duties that have to be done before it is given, by id (set-up, goods)."
    )

    @model_validator(mode="after")
    def _has_cost(self) -> BenefitBase:
        if self.unit_cost is None and self.derived_cost() is None:
            raise UnfitError(
                "unit_cost is missing; write what one unit costs the store, 0.00 when it costs nothing",
                "缺少 unit_cost；请写每份成本，无成本时写 0.00",
            )
        return self

    @model_validator(mode="after")
    def _has_stock(self) -> BenefitBase:
        if self.scarce is not None and self.stock is None:
            raise UnfitError(*self.scarce)
        return self

    def derived_cost(self) -> int | None:
        """Cost of one unit in cents that follows from the parameters; None when none does."""
        return None

    @property
    def points_price(self) -> int | None:
        """Points a member pays for it; None when it is not paid in points (A3)."""
        return None

    @property
    def articles(self) -> tuple[str, ...]:
        """Article numbers of the goods it applies to, or of the gift; empty: not told."""
        return ()

    @property
    def cost_cents(self) -> int:
        """Worst-case cost of one grant, in cents."""
        cost = self.unit_cost if self.unit_cost is not None else self.derived_cost()
        return cost or 0

    @property
    def expected_cents(self) -> int:
        """Expected cost of one grant, in cents, rounded up: many small grants never cost more than they reserve."""
        return -(-self.cost_cents * self.redemption_rate // FULL)

    @property
    def rationed(self) -> Order:
        """Who gets it where there is not enough."""
        return self.order or self.default_order

    @property
    def delivered(self) -> Delivery:
        """How it reaches whoever may have it."""
        return self.delivery or self.default_delivery

    @property
    def with_every_order(self) -> bool:
        """Whether a member has it with each of his orders, however many (freight)."""
        return False

    @property
    def use_costs(self) -> tuple[int, ...]:
        """Worst-case cost of each use of one unit, in cents, the dearest first: it can be used so often."""
        return (self.cost_cents,)

    def seen_as(self) -> tuple[SeenIn, Asked]:
        """Where its uses are seen, and what they look like there."""
        return self.seen_in, Asked(points=self.points_price or 0)

    @property
    def is_price(self) -> bool:
        return (self.nature or self.default_nature) == "price"

    @abstractmethod
    def sentence(self, lang: str) -> str:
        """What the member gets, in one short phrase that messages say to him; `lang` is en or zh."""

    def remark(self, lang: str, naming: Naming = AS_WRITTEN) -> str:  # noqa: ARG002 - of what kinds say
        """What only the staff reads beside the phrase: expectations, where it is shown, what counts how; or nothing."""
        return ""


class CouponBenefit(BenefitBase):
    """Base of benefits that are one coupon."""

    comes_back: ClassVar[bool] = True

    threshold: Money = Field(default=0, description="Basket value from which it applies; 0: any basket.")
    value: Annotated[Money, Field(description="Amount taken off.")]

    @model_validator(mode="after")
    def _is_coupon(self) -> CouponBenefit:
        check_coupon(self.threshold, self.value)
        return self

    def derived_cost(self) -> int | None:
        return self.value

    def sentence(self, lang: str) -> str:
        return coupon_text(self.threshold, self.value, lang)


class ItemsXorAmount(BenefitBase):
    """Base of benefits earned by buying so many items or for so much money, never both."""

    items: PositiveInt | None = Field(default=None, description="Items to buy; exclusive with `amount`.")
    amount: Money | None = Field(default=None, description="Money to spend; exclusive with `items`.")

    @model_validator(mode="after")
    def _one_condition(self) -> ItemsXorAmount:
        if (self.items is None) == (self.amount is None):
            raise UnfitError(
                "either `items` or `amount` says what a member has to buy for it; give exactly one of them",
                "会员需购买的件数或金额由 items 或 amount 写明；必须且只能写一个",
            )
        return self

    def seen_as(self) -> tuple[SeenIn, Asked]:
        return self.seen_in, Asked(amount_cents=self.amount or 0, items=self.items or 0)

    def condition(self, lang: str) -> str:
        if self.items is not None:
            return f"满{self.items}件" if lang == "zh" else f"from {self.items} items"
        return f"满{yuan(self.amount or 0)}元" if lang == "zh" else f"from {yuan(self.amount or 0)}"


def yuan(cents: int) -> str:
    """Cents as a short amount: 19900 → `199`, 1 → `0.01`."""
    return str(cents // 100) if cents % 100 == 0 else f"{cents // 100}.{cents % 100:02d}"


def at_rate(cents: int, rate: int) -> int:
    """What is paid at a rate in basis points, rounded to the cent, half a cent up."""
    return (cents * rate + FULL // 2) // FULL


def fold_rate(basis_points: int, lang: str) -> str:
    """A price rate: 9500 → `95折` or `95% of the price`."""
    percent = f"{basis_points / 100:g}"
    if lang != "zh":
        return f"{percent}% of the price"
    return f"{basis_points / 1000:g}折" if basis_points % 1000 == 0 else f"{percent}折"


def coupon_text(threshold: int, value: int, lang: str) -> str:
    if lang == "zh":
        return f"满{yuan(threshold)}减{yuan(value)}" if threshold else f"无门槛减{yuan(value)}"
    return f"{yuan(value)} off from {yuan(threshold)}" if threshold else f"{yuan(value)} off any basket"
