// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Who may do what on Kafka, as {@code deploy/acls.yml} lists it. */
final class AclCatalogue {

    private static final Map<String, ResourceType> RESOURCES = Map.of(
            "topic", ResourceType.TOPIC,
            "group", ResourceType.GROUP,
            "transactionalId", ResourceType.TRANSACTIONAL_ID,
            "cluster", ResourceType.CLUSTER);
    private static final Map<String, AclOperation> OPERATIONS = Map.of(
            "Read", AclOperation.READ,
            "Write", AclOperation.WRITE,
            "Describe", AclOperation.DESCRIBE,
            "DescribeConfigs", AclOperation.DESCRIBE_CONFIGS);
    private static final Map<String, PatternType> PATTERNS = Map.of("prefix", PatternType.PREFIXED);

    /**
     * One service or job.
     *
     * @param name of its user
     * @param acls one for each operation, from any host
     */
    record Principal(String name, List<AclBinding> acls) {
        Principal {
            acls = List.copyOf(acls);
        }
    }

    private final List<Principal> principals;

    private AclCatalogue(List<Principal> principals) {
        this.principals = List.copyOf(principals);
    }

    /**
     * Reads a catalogue; the file says its own form.
     *
     * @throws IllegalArgumentException naming the file, and what in it is not of that form
     */
    static AclCatalogue load(Path aclsYml) {
        try (var reader = Files.newBufferedReader(aclsYml)) {
            Object root = new Load(LoadSettings.builder().build()).loadFromReader(reader);
            List<Principal> principals = new ArrayList<>();
            for (Object entry : (List<?>) ((Map<?, ?>) root).get("principals")) {
                Map<?, ?> principal = (Map<?, ?>) entry;
                String name = (String) principal.get("name");
                List<AclBinding> acls = new ArrayList<>();
                for (Object acl : (List<?>) principal.get("acls")) {
                    acls.addAll(bindings(name, (Map<?, ?>) acl));
                }
                principals.add(new Principal(name, acls));
            }
            return new AclCatalogue(principals);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassCastException | NullPointerException | IllegalArgumentException e) {
            throw new IllegalArgumentException(aclsYml + " is not a catalogue of ACLs: " + e.getMessage(), e);
        }
    }

    /** The principals in the file's order. */
    List<Principal> principals() {
        return principals;
    }

    private static List<AclBinding> bindings(String principal, Map<?, ?> acl) {
        ResourceType type = RESOURCES.get((String) acl.get("resource"));
        var resource = new ResourcePattern(
                type,
                acl.get("name") == null ? Resource.CLUSTER_NAME : (String) acl.get("name"),
                acl.get("pattern") == null ? PatternType.LITERAL : PATTERNS.get((String) acl.get("pattern")));
        List<AclBinding> bindings = new ArrayList<>();
        for (Object operation : (List<?>) acl.get("operations")) {
            bindings.add(new AclBinding(
                    resource,
                    new AccessControlEntry(
                            "User:" + principal, "*", OPERATIONS.get((String) operation), AclPermissionType.ALLOW)));
        }
        return bindings;
    }
}
