// SPDX-License-Identifier: Apache-2.0
/**
 * Reconciles from outside of Flink: inputs with audit lines, windows and rejects ({@link
 * dev.streampane.local.audit.AuditCheck}), Elasticsearch with the log ({@link dev.streampane.local.audit.IndexAudit}), and the
 * windows of older generations with the newest one's ({@link dev.streampane.local.audit.GenerationRetraction}).
 */
package dev.streampane.local.audit;
