// SPDX-License-Identifier: Apache-2.0
/**
 * Java records for the contracts of the jobs' topics, shared by the modules that write and read them. The JSON schemas of this module say
 * what a message must look like; these records say what it means. Fields that a schema does not name are ignored.
 */
package dev.streampane.contract;
