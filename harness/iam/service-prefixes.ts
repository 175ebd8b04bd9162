/**
 * The service prefixes that stand before the colon of actions and condition keys: those that AWS's own managed
 * policies use. A prefix that is not here is taken for a typing error.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const SERVICE_PREFIXES: ReadonlySet<string> = new Set(
  `
  a2c a4b access-analyzer account acm acm-pca action-recommendations aiops airflow airflow-serverless amplify
  amplifybackend amplifyuibuilder aoss apigateway app-integrations appconfig appfabric appflow application-autoscaling
  application-signals application-transformation applicationinsights applicationwizard appmesh appmesh-preview
  apprunner appstream appstudio appsync apptest aps arc-region-switch arc-zonal-shift arsenal artifact athena
  auditmanager autoscaling autoscaling-plans aws-marketplace aws-marketplace-management aws-portal awsconnector b2bi
  backup backup-gateway backup-search backup-storage batch bcm-data-exports bcm-recommended-actions bedrock
  bedrock-agentcore bedrock-mantle billing billingconductor braket budgets bugbust cassandra catalog catalog-admin
  catalog-user ce chatbot chime cleanrooms cleanrooms-ml cloud9 clouddirectory cloudformation cloudfront
  cloudfront-keyvaluestore cloudhsm cloudsearch cloudshell cloudtrail cloudwatch codeartifact codebuild codecatalyst
  codecommit codeconnections codedeploy codeguru codeguru-profiler codeguru-reviewer codeguru-security codepipeline
  codestar codestar-connections codestar-notifications codewhisperer cognito-identity cognito-idp cognito-sync
  comprehend comprehendmedical compute-optimizer config connect connect-campaigns consoleapp consolidatedbilling
  controlcatalog controltower cost-optimization-hub crowd cur customer-verification databrew dataexchange datapipeline
  datasync datazone datazonecontrol dax dbqms deadline deepcomposer deeplens deepracer detective devicefarm
  devops-guru directconnect discovery dlm dms docdb-elastic drs ds ds-data dsql dynamodb ebs ec2 ec2-instance-connect
  ec2-reports ec2messages ecr ecr-public ecs eks eks-auth eks-mcp elastic-inference elasticache elasticbeanstalk
  elasticfilesystem elasticloadbalancing elasticmapreduce elastictranscoder elemental-activations
  elemental-appliances-software elemental-support-cases elemental-support-content emr-containers emr-serverless
  entityresolution es events evidently execute-api finspace firehose fis fms forecast frauddetector freertos freetier
  fsx gamelift geo geo-maps geo-places geo-routes glacier globalaccelerator glue grafana greengrass groundstation
  groundtruthlabeling guardduty health healthlake honeycode iam identity-sync identitystore identitystore-auth
  imagebuilder importexport inspector inspector-scan inspector2 inspector2-telemetry internetmonitor invoicing iot
  iot-device-tester iot1click iotanalytics iotdeviceadvisor iotevents iotfleethub iotfleetwise iotjobsdata
  iotmanagedintegrations iotroborunner iotsitewise iottwinmaker iotwireless iq iq-permission ivs ivschat kafka
  kafka-cluster kafkaconnect kendra kendra-ranking kinesis kinesisanalytics kinesisvideo kms lakeformation lambda
  launchwizard lex license-manager license-manager-linux-subscriptions license-manager-user-subscriptions lightsail
  logs lookoutequipment lookoutmetrics lookoutvision m2 machinelearning macie2 managedblockchain mapcredits
  mechanicalturk mediaconnect mediaconvert medialive mediapackage mediapackage-vod mediapackagev2 mediastore
  mediatailor medical-imaging memorydb mgh mgn migrationhub-orchestrator migrationhub-strategy mobileanalytics
  mobilehub mobiletargeting monitron mpa mq neptune-db neptune-graph network-firewall networkflowmonitor
  networkmanager networkmonitor nimble notifications notifications-contacts oam observabilityadmin odb omics one
  opensearch opsworks opsworks-cm organizations osis outposts panorama partnercentral
  partnercentral-account-management payment-cryptography payments pca-connector-ad pca-connector-scep pcs personalize
  pi pipes polly pricing pricingplanmanager private-networks profile proton purchase-orders q qapps qbusiness qldb
  quicksight ram rbin rds rds-data rds-db redshift redshift-data redshift-serverless refactor-spaces rekognition
  resiliencehub resource-explorer-2 resource-groups robomaker rolesanywhere route53 route53-recovery-cluster
  route53-recovery-control-config route53-recovery-readiness route53domains route53profiles route53resolver rum s3
  s3-object-lambda s3-outposts s3express s3tables s3vectors sagemaker sagemaker-data-science-assistant
  sagemaker-geospatial sagemaker-groundtruth-synthetic sagemaker-mlflow sagemaker-sdk sagemaker-studio
  sagemaker-unified-studio-mcp savingsplans scheduler schemas scn sdb secretsmanager security-ir securityagent
  securityhub securitylake serverlessrepo servicecatalog servicediscovery servicequotas ses shield signer signin sms
  sms-voice snowball sns social-messaging sqlworkbench sqs ssm ssm-contacts ssm-guiconnect ssm-incidents
  ssm-quicksetup ssm-sap ssmmessages sso sso-directory states storagegateway sts sumerian support support-console
  supportplans sustainability swf synthetics tag tax textract thinclient timestream timestream-influxdb tiros tnb
  transcribe transfer transform-custom translate trustedadvisor user-subscriptions uxc vendor-insights
  verifiedpermissions voiceid vpc-lattice vpc-lattice-svcs waf waf-regional wafv2 wam wellarchitected wickr wisdom
  workdocs worklink workmail workmailmessageflow workspaces workspaces-web xray zocalo
  `
    .trim()
    .split(/\s+/),
);
