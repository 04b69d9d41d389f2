// OHIF's configuration (its `window.config`), given to its page by the hub.

// One of OHIF's chunks asks Node.js for its file name when the last thing its page loaded was no script but a style sheet,
// and ends the page when there is no such name (3.12).
globalThis.__filename = '';

const root = `${window.location.origin}/dicomweb`;

window.config = {
  name: 'regional-imaging-hub',
  routerBasename: '/',
  extensions: [],
  modes: [],
  // no tour of the viewer over somebody's first images
  customizationService: { 'ohif.tours': { $set: [] } },
  showStudyList: true,
  maxNumberOfWebWorkers: 3,
  showWarningMessageForCrossOrigin: false,
  showCPUFallbackMessage: true,
  showLoadingIndicator: true,
  showErrorDetails: 'dev',
  strictZSpacingForVolumeViewport: true,
  groupEnabledModesFirst: true,
  investigationalUseDialog: { option: 'configure', days: 30 },
  maxNumRequests: { interaction: 100, thumbnail: 75, prefetch: 25 },
  defaultDataSourceName: 'region',
  dataSources: [
    {
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'region',
      configuration: {
        friendlyName: 'Region',
        name: 'region',
        qidoRoot: root,
        wadoRoot: root,
        wadoUriRoot: root,
        qidoSupportsIncludeField: true,
        imageRendering: 'wadors',
        thumbnailRendering: 'wadors',
        enableStudyLazyLoad: true,
        supportsFuzzyMatching: false,
        supportsWildcard: true,
        supportsReject: false,
        dicomUploadEnabled: false,
        singlepart: 'bulkdata,pdf,video',
        omitQuotationForMultipartRequest: true,
        bulkDataURI: { enabled: true },
      },
    },
  ],
  // A session that has ended: the same address again is the sign-in, and then this study again.
  httpErrorHandler: (error) => {
    if (error.status === 401) window.location.reload();
  },
};
