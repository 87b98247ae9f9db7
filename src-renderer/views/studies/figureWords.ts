import type { FigureName, FigureNeed } from "../../../src-shared/figures/figureChoices.ts";
import { m } from "../../paraglide/messages.js";

const names: Readonly<Record<FigureName, () => string>> = {
  "training-loss-plain": m.studies_figure_training_loss_plain,
  "training-loss-residual": m.studies_figure_training_loss_residual,
  error: m.studies_figure_error,
  "accuracy-table": m.studies_figure_accuracy_table,
  "degradation-gap": m.studies_figure_degradation_gap,
  "by-depth": m.studies_figure_by_depth,
  "layer-responses": m.studies_figure_layer_responses,
  "gradient-norms": m.studies_figure_gradient_norms,
  "block-removal": m.studies_figure_block_removal,
  confusion: m.studies_figure_confusion,
  cost: m.studies_figure_cost,
};

const needs: Readonly<Record<FigureNeed, () => string>> = {
  training: m.studies_needs_training,
  "finished-run": m.studies_needs_finished_run,
  "two-networks": m.studies_needs_two_networks,
  probes: m.studies_needs_probes,
  "block-removals": m.studies_needs_block_removals,
  predictions: m.studies_needs_predictions,
  evaluations: m.studies_needs_evaluations,
};

export const figureWords = (name: FigureName): string => names[name]();
/** Why there is nothing to draw yet. */
export const needWords = (need: FigureNeed): string => needs[need]();
