"""What happened: outcomes of decided members, figures of phases, redemptions, days."""

from warehouse.measurement.session import MeasurementSession, PhaseWindow

__all__ = ["MeasurementSession", "PhaseWindow"]
