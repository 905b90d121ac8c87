// SPDX-License-Identifier: Apache-2.0
/**
 * The contracts of the jobs' topics in Java, once for who writes them and who reads them. The schemas beside say what a message must be;
 * these records say what it means. Fields that a schema does not name are passed over.
 */
package dev.streampane.contract;
